// The token of a mailed link stands behind # and never reaches a server by itself. It stays there
// until it was used, so that a page loaded again still has it.
const token = location.hash.slice(1)
const forms = [...document.querySelectorAll('form')]

for (const form of forms) {
  form.hidden = 'token' in form.dataset !== (token !== '')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void send(form)
  })
}
if (forms.every((form) => form.hidden)) document.getElementById('incomplete').hidden = false
forms
  .find((form) => !form.hidden)
  ?.querySelector('input')
  ?.focus()

async function send(form) {
  const button = form.querySelector('button')
  const body = Object.fromEntries(new FormData(form))
  if ('token' in form.dataset) body.token = token
  showProblem(form, '', [])
  button.disabled = true
  try {
    const response = await fetch(form.dataset.post, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.ok) showDone(form)
    else {
      const problem = await response.json()
      showProblem(form, `${problem.title}. ${problem.detail}.`, problem.errors ?? [], problem)
    }
  } catch {
    showProblem(form, 'The platform does not answer. Try again in a moment.', [])
  }
  button.disabled = false
}

/** Each error goes to the field it names; without any the text stands above the button. */
function showProblem(form, text, errors, problem) {
  // What is wrong with a form in general says less than what the field should have held.
  const title = !problem || problem.code === 'request.invalid' ? '' : `${problem.title}. `
  let placed = 0
  for (const input of form.querySelectorAll('input')) {
    const own = errors.filter((one) => one.pointer === `/body/${input.name}`)
    placed += own.length
    input.setAttribute('aria-invalid', String(own.length > 0))
    document.getElementById(`${input.id}-wrong`).textContent = own
      .map((one) => `${title}Expected: ${one.expected}.`)
      .join(' ')
  }
  form.querySelector('[role=alert]').textContent = placed > 0 ? '' : text
  form.querySelector('[aria-invalid=true]')?.focus()
}

function showDone(form) {
  history.replaceState(null, '', location.pathname)
  form.hidden = true
  const done = document.getElementById('done')
  done.textContent = form.dataset.done
  done.hidden = false
  done.focus()
}
