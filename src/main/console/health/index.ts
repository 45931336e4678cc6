export { ALERT_LIMITS } from './alerts'
export { startHealth, type AlertPersistence, type AlertTransition, type Health, type HealthHandlers, type HealthPorts } from './health'
export { DEFAULT_RULES, thresholdsOf } from './rules'
