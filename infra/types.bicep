@description('One region that orders are kept in. Zone redundancy is part of the price of autoscale, but not every region has zones.')
@export()
@sealed()
type region = {
  @description('Short name, such as westeurope.')
  @minLength(4)
  name: string
  zoneRedundant: bool
}

@description('Orders in the tables of the data account: nothing to pay at rest, one region.')
@sealed()
type tableOrders = { kind: 'tables' }

@description('Orders in Cosmos DB, paid by request unit. Serverless accounts live in one region, which this type makes sure of.')
@sealed()
type serverlessOrders = {
  kind: 'serverless'
  region: region
}

@description('Orders in Cosmos DB with throughput that follows the load between a tenth of the maximum and the maximum.')
@sealed()
type autoscaleOrders = {
  kind: 'autoscale'

  @description('Request units a second for the whole container, in steps of 1,000.')
  @minValue(1000)
  @maxValue(1000000)
  maximumThroughput: int

  @description('The first one takes writes; the others are read, and take over in this order.')
  @minLength(1)
  @maxLength(10)
  regions: region[]
}

@export()
@discriminator('kind')
type orders = tableOrders | serverlessOrders | autoscaleOrders

@sealed()
type tableSessions = { kind: 'tables' }

@description('Carts in Azure Managed Redis.')
@sealed()
type redisSessions = {
  kind: 'redis'

  @description('Balanced_B0 has 0.5 GB, B1 1 GB, B3 3 GB, B5 6 GB.')
  sku: 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3' | 'Balanced_B5'

  @description('A replica in another zone, at twice the price, and without it no service level.')
  highAvailability: bool
}

@export()
@discriminator('kind')
type sessions = tableSessions | redisSessions

@description('What stands in front of the apps. none is for trying out: the apps are open to the Internet, without cache, firewall and rules.')
@export()
type edge = 'none' | 'standard' | 'premium'

@description('public: services answer on the Internet, to identities that have a role. private: they answer in a virtual network only, except for uploads.')
@export()
type network = 'public' | 'private'

@export()
type topology = 'monolith' | 'microservices'

@description('Instances that are kept warm: "http" for all HTTP functions, or "function:ResizeImage" for one function of another kind.')
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

  @description('Memory of one instance in MB.')
  instanceMemory: 512 | 2048 | 4096

  alwaysReady: alwaysReady[]

  @description('HTTP requests that one instance works on before another one is started for more.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int

  @description('Messages of one queue that an instance takes at a time; it takes as many again once half of them are done.')
  @minValue(1)
  @maxValue(32)
  queueBatch: int
}

@description('One function app of the installation.')
@export()
type app = {
  @description('Short name, as in capabilities.json.')
  name: string
  functions: string[]
  paths: string[]
}
