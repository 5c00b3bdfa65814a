@description('A region that stores orders. Zone redundancy costs nothing extra with autoscale, but not every region has zones.')
@export()
@sealed()
type region = {
  @description('The short name of the region, such as westeurope.')
  @minLength(4)
  name: string
  zoneRedundant: bool
}

@description('Stores orders in the tables of the data storage account: one region, no cost while idle.')
@sealed()
type tableOrders = { kind: 'tables' }

@description('Stores orders in serverless Cosmos DB, which is billed per request unit. A serverless account has exactly one region.')
@sealed()
type serverlessOrders = {
  kind: 'serverless'
  region: region
}

@description('Stores orders in Cosmos DB with autoscale: the throughput follows the load, from a tenth of the maximum up to the maximum.')
@sealed()
type autoscaleOrders = {
  kind: 'autoscale'

  @description('The maximum request units per second of the whole container, a multiple of 1,000.')
  @minValue(1000)
  @maxValue(1000000)
  maximumThroughput: int

  @description('The first region accepts writes. The other regions serve reads, and one of them takes over writes during an outage, in this order.')
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

  @description('Whether there is a replica in another zone. It doubles the price; without it there is no service level agreement.')
  highAvailability: bool
}

@export()
@discriminator('kind')
type sessions = tableSessions | redisSessions

@description('The edge in front of the apps: no edge, Front Door Standard or Front Door Premium. Use none for experiments only: the apps are then open to the Internet without cache, firewall and rules.')
@export()
type edge = 'none' | 'standard' | 'premium'

@description('public: the services are reachable from the Internet, for identities that have a role. private: the services are reachable only from a virtual network, except for uploads.')
@export()
type network = 'public' | 'private'

@export()
type topology = 'monolith' | 'microservices'

@description('Instances that stay warm: "http" for all HTTP functions, or "function:" and a name, such as "function:ResizeImage", for a function with another trigger.')
@sealed()
type alwaysReady = {
  name: string
  @minValue(1)
  @maxValue(1000)
  instanceCount: int
}

@description('How one app scales.')
@export()
@sealed()
type scale = {
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int

  @description('The memory of an instance in MB.')
  instanceMemory: 512 | 2048 | 4096

  alwaysReady: alwaysReady[]

  @description('The number of concurrent HTTP requests per instance. When all instances have reached it, Azure starts another instance.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int

  @description('The number of messages of a queue that an instance fetches at a time. It fetches the next batch when half of the messages are done.')
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
