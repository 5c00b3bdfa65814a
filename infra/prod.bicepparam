using './main.bicep'

// The production installation. It uses every feature of the template: one app per capability, orders in two regions, carts in Redis, and
// private origins.

param name = readEnvironmentVariable('SHOP_NAME', 'shop')
param location = readEnvironmentVariable('SHOP_LOCATION', 'westeurope')
param authority = readEnvironmentVariable('SHOP_AUTHORITY', 'https://login.example.com/tenant/v2.0')
param audience = readEnvironmentVariable('SHOP_AUDIENCE', 'serverlessscale')
param keyWriterId = readEnvironmentVariable('SHOP_KEY_WRITER_ID', '')
param alertEmails = [readEnvironmentVariable('SHOP_ALERT_EMAIL', 'on-call@example.com')]

param topology = 'microservices'
// One always-ready instance of each app would be enough to avoid cold starts of a shop with little traffic (docs/benchmarks.md, "How many
// always-ready instances"). Zone redundancy needs two, and Azure keeps two for each queue and timer function as well, whether this file
// names them or not. To save most of this cost, set zoneRedundant to false and instanceCount to 1 (docs/operations.md, "Costs").
param zoneRedundant = true
// Together, the maxima of this file and of dev.bicepparam need less than the 512,000 MB that Azure allows per subscription and region.
param scale = {
  maximumInstances: 40
  instanceMemory: 2048
  alwaysReady: [{ name: 'http', instanceCount: 2 }]
  httpConcurrency: 32
  queueBatch: 16
}
param scaleOf = {
  // Decoding a photograph requires hundreds of MB and a full core, so an instance processes only a few photographs at a time.
  images: {
    maximumInstances: 40
    instanceMemory: 4096
    alwaysReady: [{ name: 'http', instanceCount: 2 }]
    httpConcurrency: 16
    queueBatch: 2
  }
  // The edge serves most reads of products, and orders read prices in the orders app.
  catalogue: {
    maximumInstances: 8
    instanceMemory: 2048
    alwaysReady: [{ name: 'http', instanceCount: 2 }]
    httpConcurrency: 32
    queueBatch: 16
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
// An empty domain leaves the shop under the name of Front Door.
param domain = readEnvironmentVariable('SHOP_DOMAIN', 'shop.example.com')
param probeInterval = 255
param network = 'private'

// Microsoft does not recommend the rolling update for production while it is a preview. Recreate interrupts requests for a short time. The
// queues deliver interrupted messages again.
param siteUpdate = 'Recreate'

// Data that was encrypted with a purged key could never be decrypted.
param vaultRetention = { days: 90, purgeProtection: true }

// Nobody deletes the orders or the photographs by mistake.
param locked = true

// An empty start means that there is no budget. The amount is about twice the cost of a month with 10 million requests.
param budget = { amount: 3000, start: readEnvironmentVariable('SHOP_BUDGET_START', '2026-12-01') }

param sampledPercent = 10
