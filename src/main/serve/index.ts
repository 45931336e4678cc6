export { childProcessHost } from './child-process-host'
export { builtPlaces, type BuiltPlaces } from './places'
export { runServe, type ServeCode, type ServeOptions, type Serving } from './run-serve'
