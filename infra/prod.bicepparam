using './main.bicep'

// Everything that the template can do: an app for each capability, orders in two regions, carts in Redis, private origins.

param name = readEnvironmentVariable('SHOP_NAME', 'shop')
param location = readEnvironmentVariable('SHOP_LOCATION', 'westeurope')
param authority = readEnvironmentVariable('SHOP_AUTHORITY', 'https://login.example.com/tenant/v2.0')
param keyWriterId = readEnvironmentVariable('SHOP_KEY_WRITER_ID', '')
param alertEmails = [readEnvironmentVariable('SHOP_ALERT_EMAIL', 'on-call@example.com')]

param topology = 'microservices'
// One instance of each app stays warm for HTTP, which takes the requests that meet a cold start from 27 % to none in a quiet shop, for $21 a
// month and app; queues can wait the second that a start takes (docs/benchmarks.md, "How many always-ready instances").
param scale = {
  maximumInstances: 100
  instanceMemory: 2048
  alwaysReady: [{ name: 'http', instanceCount: 1 }]
  httpConcurrency: 32
  queueBatch: 16
}
param scaleOf = {
  // A photograph being decoded takes hundreds of MB and a whole core, so an instance takes few at a time.
  images: {
    maximumInstances: 200
    instanceMemory: 4096
    alwaysReady: [{ name: 'http', instanceCount: 1 }]
    httpConcurrency: 16
    queueBatch: 2
  }
}

param orders = {
  kind: 'autoscale'
  maximumThroughput: 4000
  regions: [
    { name: location, zoneRedundant: true }
    { name: 'northeurope', zoneRedundant: true }
  ]
}
param sessions = {
  kind: 'redis'
  sku: 'Balanced_B0'
  highAvailability: true
}
param storageRedundancy = 'Standard_ZRS'

param edge = 'premium'
param probeInterval = 255
param network = 'private'

param sampledPercent = 10
