export { Workload } from './workload'
