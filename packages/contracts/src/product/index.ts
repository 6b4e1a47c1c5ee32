import { contract } from '../operation.ts'
import { exportArrangements, importArrangements } from './arrangements.ts'
import { changeAttribute, createAttribute, listAttributes, removeAttribute } from './attributes.ts'
import { listProducts, readProduct, searchProducts } from './catalogue.ts'
import { changeCategory, createCategory, listCategories, removeCategory } from './categories.ts'
import {
  changeCollection,
  createCollection,
  listCatalogueCollections,
  listCollections,
  readCatalogueCollection,
  removeCollection,
} from './collections.ts'
import {
  changeCustomerGroup,
  createCustomerGroup,
  listCustomerGroups,
  listGroupMembers,
  readGroupMember,
  removeCustomerGroup,
  removeGroupMember,
  setGroupMember,
} from './customer-groups.ts'
import { exportCatalogue, linkExport } from './exports.ts'
import { importProducts } from './imports.ts'
import { cancelIncoming, expectStock, listIncoming, receiveStock } from './incoming.ts'
import { changeLocation, createLocation, listLocations } from './locations.ts'
import {
  changePicture,
  listPictures,
  removePicture,
  showPicture,
  uploadPicture,
} from './pictures.ts'
import {
  changePriceList,
  createPriceList,
  listListedPrices,
  listPriceLists,
  removePriceList,
  setListedPrice,
  setListedPrices,
} from './price-lists.ts'
import {
  addVariant,
  changeProduct,
  changeVariant,
  createProduct,
  listCatalogue,
  readCatalogueProduct,
  removeVariant,
} from './products.ts'
import { readRecommendations } from './recommendations.ts'
import {
  listCatalogueReviews,
  listReviews,
  moderateReview,
  withdrawReview,
  writeReview,
} from './reviews.ts'
import {
  adjustStock,
  commitReservation,
  listAdjustments,
  moveStock,
  offerVariants,
  readReservation,
  readStock,
  releaseReservation,
  reserveStock,
  setThreshold,
} from './stock.ts'
import { changeSynonym, createSynonym, listSynonyms, removeSynonym } from './synonyms.ts'
import { listTaxClassesInUse } from './tax-classes.ts'

export * from './arrangements.ts'
export * from './attributes.ts'
export * from './catalogue.ts'
export * from './categories.ts'
export * from './collections.ts'
export * from './customer-groups.ts'
export * from './events.ts'
export * from './exports.ts'
export * from './imports.ts'
export * from './incoming.ts'
export * from './locations.ts'
export * from './pictures.ts'
export * from './price-lists.ts'
export * from './products.ts'
export * from './recommendations.ts'
export * from './reviews.ts'
export * from './shapes.ts'
export * from './stock.ts'
export * from './synonyms.ts'
export * from './tax-classes.ts'
export * from './translations.ts'

import { readVariantPrices } from './variant-prices.ts'

export const productContract = contract('product-service', {
  listProducts,
  readProduct,
  searchProducts,
  readRecommendations,
  listCategories,
  createCategory,
  changeCategory,
  removeCategory,
  listCollections,
  listCatalogueCollections,
  readCatalogueCollection,
  createCollection,
  changeCollection,
  removeCollection,
  listAttributes,
  createAttribute,
  changeAttribute,
  removeAttribute,
  listSynonyms,
  createSynonym,
  changeSynonym,
  removeSynonym,
  listCustomerGroups,
  createCustomerGroup,
  changeCustomerGroup,
  removeCustomerGroup,
  listGroupMembers,
  readGroupMember,
  setGroupMember,
  removeGroupMember,
  listPriceLists,
  createPriceList,
  changePriceList,
  removePriceList,
  listListedPrices,
  setListedPrices,
  setListedPrice,
  readVariantPrices,
  listCatalogue,
  readCatalogueProduct,
  createProduct,
  changeProduct,
  addVariant,
  changeVariant,
  removeVariant,
  listPictures,
  uploadPicture,
  changePicture,
  removePicture,
  showPicture,
  listReviews,
  writeReview,
  withdrawReview,
  listCatalogueReviews,
  moderateReview,
  readStock,
  adjustStock,
  listAdjustments,
  moveStock,
  setThreshold,
  listLocations,
  createLocation,
  changeLocation,
  expectStock,
  listIncoming,
  receiveStock,
  cancelIncoming,
  offerVariants,
  reserveStock,
  readReservation,
  commitReservation,
  releaseReservation,
  listTaxClassesInUse,
  importProducts,
  exportCatalogue,
  linkExport,
  exportArrangements,
  importArrangements,
})
