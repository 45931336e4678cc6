export { drawPlan } from './plan'
export { drawProfile } from './profile'
