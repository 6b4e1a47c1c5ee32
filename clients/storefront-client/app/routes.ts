import { index, type RouteConfig, route } from '@react-router/dev/routes'

// `/sign-in`, `/session`, `/sign-out` and `/api` are answered by the client's server before any of these.
export default [
  index('routes/home.tsx'),
  route('categories/:category', 'routes/category.tsx'),
  route('collections/:collection', 'routes/collection.tsx'),
  route('search', 'routes/search.tsx'),
  route('suggestions', 'routes/suggestions.ts'),
  route('products/:product', 'routes/product.tsx'),
  route('products/:product/review', 'routes/review.tsx'),
  route('cart', 'routes/cart.tsx'),
  route('checkout', 'routes/checkout.tsx'),
  route('orders', 'routes/look-up.tsx'),
  route('orders/:key', 'routes/order.tsx'),
  route('account', 'routes/account.tsx'),
  route('bank/:challenge', 'routes/bank.tsx'),
  route('robots.txt', 'routes/robots.ts'),
  route('sitemap.xml', 'routes/sitemap.ts'),
  route('*', 'routes/missing.ts'),
] satisfies RouteConfig
