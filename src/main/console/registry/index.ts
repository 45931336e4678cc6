export { createRegistry, registrySchema, type Registry, type RegistryContent, type WriteFailure } from './registry'
