import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('routes/home.ts'),
  route('sign-in', 'routes/sign-in.tsx'),
  route('sign-up', 'routes/sign-up.tsx'),
  route('verify-email', 'routes/verify-email.tsx'),
  route('reset-password', 'routes/reset-password.tsx'),
  route('set-up', 'routes/set-up.tsx'),
  route('accept-invitation', 'routes/accept-invitation.tsx'),
  route('account', 'routes/account.tsx'),
  route('tenants', 'routes/tenants.tsx'),
  route('robots.txt', 'routes/robots.ts'),
  route('*', 'routes/missing.ts'),
] satisfies RouteConfig
