// How the pages of every client are built; the folder of the client is the root.
import { reactRouter } from '@react-router/dev/vite'
import { defineConfig } from 'vite'

export default defineConfig(({ command }) => ({
  plugins: [reactRouter()],
  // What would stand in a page as data is refused by its policy.
  build: { assetsInlineLimit: 0 },
  ...(command === 'build' && {
    // With everything in it, so that it is React for production wherever it runs.
    ssr: { noExternal: true },
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  }),
}))
