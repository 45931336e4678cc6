export { explain } from './explain'
export { shrink } from './shrink'
