export * from './observation'
