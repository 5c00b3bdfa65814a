using './main.bicep'

// An inexpensive installation for development. It has one app that scales to zero, stores orders in serverless Cosmos DB, and uses Front
// Door Standard. Most of the cost is Front Door's monthly fee (docs/operations.md, "Costs").

param name = readEnvironmentVariable('AZURE_ENV_NAME', 'shopdev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param authority = readEnvironmentVariable('SHOP_AUTHORITY', 'https://login.example.com/tenant/v2.0')
param audience = readEnvironmentVariable('SHOP_AUDIENCE', 'serverlessscale')
param keyWriterId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

param topology = 'monolith'
param scale = {
  maximumInstances: 40
  instanceMemory: 2048
  alwaysReady: []
  httpConcurrency: 16
  queueBatch: 2
}

param orders = {
  kind: 'serverless'
  region: { name: location, zoneRedundant: false }
}
param sessions = { kind: 'tables' }
param storageRedundancy = 'Standard_LRS'

param edge = 'standard'
param network = 'public'

// The rolling update is a preview, which production does not use. Development shows whether it works.
param siteUpdate = 'RollingUpdate'

// `azd down --purge` deletes the vault permanently, so that `azd up` can create a vault with the same name.
param vaultRetention = { days: 7, purgeProtection: false }

// Without SHOP_BUDGET_START, there is no budget.
param budget = { amount: 100, start: readEnvironmentVariable('SHOP_BUDGET_START', '') }

param sampledPercent = 100
param dailyLogQuota = 1
