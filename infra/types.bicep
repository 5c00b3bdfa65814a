@description('A region that stores orders. With autoscale, zone redundancy costs nothing extra. Not every region has availability zones.')
@export()
@sealed()
type region = {
  @description('The short name of the region, such as westeurope.')
  @minLength(4)
  name: string
  zoneRedundant: bool
}

@description('Stores orders and products in the tables of the data storage account, in one region and without cost while idle.')
@sealed()
type tableOrders = { kind: 'tables' }

@description('Stores orders and products in serverless Cosmos DB, which is billed per request unit. A serverless account has exactly one region.')
@sealed()
type serverlessOrders = {
  kind: 'serverless'
  region: region
}

@description('Stores orders and products in Cosmos DB with autoscale. The throughput adapts to the load, between a tenth of the maximum and the maximum.')
@sealed()
type autoscaleOrders = {
  kind: 'autoscale'

  @description('The maximum request units per second for the container of orders, a multiple of 1,000. The container of products has a maximum of 1,000.')
  @minValue(1000)
  @maxValue(1000000)
  maximumThroughput: int

  @description('The regions in order of priority. The first region accepts writes, and the other regions serve reads. During an outage of the first region, the next available region accepts writes.')
  @minLength(1)
  @maxLength(10)
  regions: region[]
}

@export()
@discriminator('kind')
type orders = tableOrders | serverlessOrders | autoscaleOrders

@sealed()
type tableSessions = { kind: 'tables' }

@description('Stores carts in Azure Managed Redis.')
@sealed()
type redisSessions = {
  kind: 'redis'

  @description('The size of the cache: Balanced_B0 has 0.5 GB, B1 has 1 GB, B3 has 3 GB, B5 has 6 GB.')
  sku: 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3' | 'Balanced_B5'

  @description('Whether the cache has a replica in another zone. The replica doubles the price. Without a replica, there is no service level agreement.')
  highAvailability: bool
}

@export()
@discriminator('kind')
type sessions = tableSessions | redisSessions

@description('The edge in front of the apps: no edge, Front Door Standard or Front Door Premium. Use none only for experiments, because the apps are then open to the Internet without a cache, a firewall or rules.')
@export()
type edge = 'none' | 'standard' | 'premium'

@description('With public, the services are reachable from the Internet for identities that have a role. With private, they are reachable only from a virtual network, except for uploads.')
@export()
type network = 'public' | 'private'

@description('How long a deleted vault or secret can be recovered. Azure does not allow a change of days after the vault was created.')
@export()
@sealed()
type vaultRetention = {
  @minValue(7)
  @maxValue(90)
  days: int

  @description('Whether nobody can delete the vault permanently before the days have passed. While a deleted vault exists, no new vault can have its name.')
  purgeProtection: bool
}

@description('A monthly limit of the cost of the resource group. Azure sends an e-mail when 80 % are spent, and when the forecast for the month exceeds the amount.')
@export()
@sealed()
type budget = {
  @description('The amount in the currency of the subscription. If it is 0, there is no budget.')
  @minValue(0)
  amount: int

  @description('The first day of the month of the first deployment, such as 2026-12-01. Azure refuses an earlier month, and never allows a change of the date. If it is empty, there is no budget.')
  start: string
}

@export()
type topology = 'monolith' | 'microservices'

@description('Always-ready instances. The name is "http" for all HTTP functions, or "function:" and the name of a function with another trigger, such as "function:ResizeImage".')
@sealed()
type alwaysReady = {
  name: string
  @minValue(1)
  @maxValue(1000)
  instanceCount: int
}

@description('The scale settings of an app.')
@export()
@sealed()
type scale = {
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int

  @description('The memory of an instance in MB.')
  instanceMemory: 512 | 2048 | 4096

  alwaysReady: alwaysReady[]

  @description('The number of concurrent HTTP requests per instance. When all instances have reached this number, Azure starts another instance.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int

  @description('The number of messages that an instance fetches from a queue at a time. The instance fetches the next batch when half of the messages have been processed.')
  @minValue(1)
  @maxValue(32)
  queueBatch: int
}

@description('A function app of the installation.')
@export()
type app = {
  @description('The short name of the app in capabilities.json.')
  name: string
  functions: string[]
  paths: string[]
}

@description('The DNS records of a custom domain. The CNAME record leads clients to Front Door, and the TXT record proves that the domain is yours.')
@export()
type domainRecords = {
  name: string
  cname: string
  txtName: string
  txtValue: string
}
