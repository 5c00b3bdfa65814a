metadata name = 'ServerlessScale'
metadata description = 'The shop: function apps on Flex Consumption, one for all capabilities or one per capability, behind Front Door, with orders in Cosmos DB or tables, carts in Redis or tables, and photographs in Blob Storage. docs/operations.md explains the deployment, and docs/edge.md the edge.'

targetScope = 'resourceGroup'

import * as types from 'types.bicep'

@description('The short name of this installation. It becomes part of every resource name and contains only lower-case letters and digits.')
@minLength(2)
@maxLength(12)
param name string

@description('The region of every resource. The region must offer Flex Consumption.')
param location string = resourceGroup().location

@description('The issuer of the access tokens, which is the https URL to which /.well-known/openid-configuration is appended.')
param authority string

@description('The audience of the access tokens (the claim aud). In a v2.0 token of Microsoft Entra ID, it is the client id of the API\'s app registration.')
@minLength(1)
param audience string

@description('monolith deploys one app with all capabilities. microservices deploys one app per capability, so that each capability scales independently. The package is the same.')
param topology types.topology

@description('The scale settings of the apps that scaleOf does not contain.')
param scale types.scale

@description('The scale settings of individual apps. The keys are the names of the apps in capabilities.json.')
param scaleOf { *: types.scale } = {}

@description('How Azure replaces instances. RollingUpdate, a preview, replaces them in batches, so that running requests can finish. Recreate stops all instances at the same time. There is no default, because Microsoft does not recommend the preview for production.')
param siteUpdate 'RollingUpdate' | 'Recreate'

@description('Whether the instances of each app are spread over availability zones. Azure then keeps at least two always-ready instances for the HTTP functions and for each other function, and charges for them (docs/operations.md, "Costs").')
param zoneRedundant bool = false

@description('Whether Azure refuses to delete the storage accounts and the Cosmos DB account. To create locks, the deployment needs the right Microsoft.Authorization/locks/*, which Contributor does not contain.')
param locked bool = false

@description('The store for orders and products.')
param orders types.orders

@description('The store for carts.')
param sessions types.sessions

param edge types.edge

@description('The host name under which clients call the shop, such as shop.example.com; empty for the name of Front Door. Front Door gets a certificate after the DNS records of the output domainRecords exist.')
param domain string = ''

@description('The seconds between two health probes that each Front Door location sends to each app; 0 disables probes. Probes prevent an app from scaling to zero. If each group has one origin, probes do not affect routing and are used only for the alert.')
@minValue(0)
@maxValue(255)
param probeInterval int = 0

param network types.network

param vaultRetention types.vaultRetention

@description('The address range of the virtual network. It is used only when network is private.')
param addressPrefix string = '10.20.0.0/24'

@description('The replication of the storage accounts.')
param storageRedundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@description('Web origins, such as https://shop.example.com, whose pages may send requests to the apps and uploads to signed upload URLs (CORS).')
param browserOrigins string[] = []

@description('Whether pages of browserOrigins may send cookies, which carts need.')
param browserCredentials bool = false

@description('App settings that override the defaults in app-settings.json, which lists every setting.')
param settings { *: string } = {}

@description('The names of the vault secrets that contain the keys of webhook signature v1a. Each webhook is signed with every key. To rotate a key, list the old key and the new key until all receivers know the new key.')
@minLength(1)
@maxLength(4)
param webhookSigningKeyNames string[] = ['webhooks-signing-key']

@description('The names of the vault secrets that contain the keys for the URLs of image sizes. A URL is accepted if any of the keys has signed it. To rotate a key, list the new key in addition to the old key until no page contains a URL of the old key.')
@maxLength(4)
param imageSizeKeyNames string[] = ['image-size-key']

@description('The percentage of requests whose traces are stored. Metrics always count every request.')
@minValue(1)
@maxValue(100)
param sampledPercent int

@description('The number of days for which logs are stored.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('The maximum GB of logs per day. When the maximum is reached, logs are discarded until the next day. -1 means no limit.')
@minValue(-1)
param dailyLogQuota int = -1

@description('The e-mail addresses that receive alerts.')
param alertEmails string[] = []

param budget types.budget = { amount: 0, start: '' }

@description('Tags for every resource, in addition to application and installation, such as costCenter.')
param extraTags { *: string } = {}

@description('The object id of the person or pipeline that deploys and therefore may create the keys in the vault. If it is empty, nobody may.')
param keyWriterId string = ''

var capabilities = loadJsonContent('capabilities.json')
var settingDefaults = loadJsonContent('app-settings.json')

var apps = map(capabilities.topologies[topology], app => {
  name: app.name
  functions: flatten(map(app.capabilities, capability => capabilities.capabilities[capability].functions))
  paths: flatten(map(app.capabilities, capability => capabilities.capabilities[capability].paths))
})
var appNames = map(apps, app => app.name)
var allFunctions = flatten(map(items(capabilities.capabilities), capability => capability.value.functions))
var queues = flatten(map(items(capabilities.capabilities), capability => capability.value.queues))

// These checks cannot be expressed by types. If a check fails, the deployment stops before it changes anything.
var unknownSettings = filter(objectKeys(settings), setting => !contains(settingDefaults, setting))
var unknownApps = filter(objectKeys(scaleOf), app => !contains(appNames, app))
var scales = concat([scale], map(items(scaleOf), item => item.value))
var regionNames = orders.kind == 'autoscale' ? map(orders.regions, region => region.name) : []
var unprobedGroups = map(
  filter(loadJsonContent('edge-rules.json').originGroups, group => length(filter(group.origins, origin => origin.enabled)) > 1),
  group => string(group.name)
)
var faults = filter(
  [
    network == 'private' && edge == 'standard'
      ? 'edge: Front Door Standard cannot reach apps behind private endpoints. Choose edge premium or network public.'
      : ''
    orders.kind == 'autoscale' && orders.?maximumThroughput % 1000 != 0
      ? 'orders.maximumThroughput: must be a multiple of 1,000 request units.'
      : ''
    length(union(regionNames, [])) != length(regionNames) ? 'orders.regions: the same region is listed twice.' : ''
    empty(unknownSettings) ? '' : 'settings: there is no ${join(unknownSettings, ', ')}. app-settings.json lists every setting.'
    empty(unknownApps) ? '' : 'scaleOf: topology ${topology} has no app ${join(unknownApps, ', ')}. Its apps are ${join(appNames, ', ')}.'
    probeInterval == 0 && !empty(unprobedGroups)
      ? 'probeInterval: ${join(unprobedGroups, ', ')} of edge-rules.json has several origins. Front Door needs probes to choose between them.'
      : ''
    zoneRedundant && !contains(storageRedundancy, 'ZRS')
      ? 'storageRedundancy: zone-redundant apps need zone-redundant storage. Choose Standard_ZRS or Standard_GZRS.'
      : ''
    zoneRedundant && !empty(filter(scales, item => !empty(filter(item.alwaysReady, ready => ready.instanceCount < 2))))
      ? 'alwaysReady: zone-redundant apps need an instanceCount of at least 2.'
      : ''
    empty(domain) || edge != 'none' ? '' : 'domain: only Front Door serves a custom domain. Choose edge standard or premium.'
    empty(domain) || (contains(domain, '.') && domain == toLower(domain) && !contains(domain, '/') && !contains(domain, ':'))
      ? ''
      : 'domain: must be a host name such as shop.example.com, in lower case and without a scheme or path.'
    empty(budget.start) || (length(budget.start) == 10 && endsWith(budget.start, '-01'))
      ? ''
      : 'budget.start: must be the first day of a month, such as 2026-12-01.'
    startsWith(authority, 'https://') ? '' : 'authority: must be an https URL.'
    name == toLower(replace(replace(name, '-', ''), '_', '')) ? '' : 'name: must contain only lower-case letters and digits.'
  ],
  fault => !empty(fault)
)
var prefix = empty(faults) ? name : fail(join(faults, ' '))

// The name of a storage account or a web app must be unique in all of Azure.
var suffix = uniqueString(resourceGroup().id, name)
var tags = union(extraTags, { application: 'serverlessscale', installation: name })
var private = network == 'private'

// The names of the resources to which other resources refer. The deployment must know these names before the resources exist.
var databaseAccount = 'cosmos-${name}-${suffix}'
var frontDoorName = 'afd-${name}'
var vaultName = 'kv-${suffix}'

// Without Front Door, the first app serves the page, and its host name follows from its name.
var pageOrigin = edge == 'none'
  ? 'https://func-${name}-${apps[0].name}-${suffix}.azurewebsites.net'
  : empty(domain) ? 'https://${frontDoorProfile!.outputs.hostName}' : 'https://${domain}'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${prefix}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.properties.principalId
    identityId: identity.id
    retentionDays: retentionDays
    dailyQuota: dailyLogQuota
  }
}

// The storage account of the Functions host, which stores leases, the state of timers, queues and the deployed packages.
module runtimeStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'strun${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    locked: locked
    principalId: identity.properties.principalId
    identityId: identity.id
    roles: ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']
    containers: map(appNames, app => 'package-${app}')
    queues: flatten(map(queues, queue => [queue, '${queue}-poison']))
    publicNetwork: !private
    browserOrigins: []
    deletedBlobDays: 7
    lifecycle: []
    workspaceId: monitoring.outputs.workspaceId
    // The alerts on poison queues read these logs.
    logMessages: true
  }
}

// The storage account of the app's data. It is separate because clients upload directly to it, and many uploads must not throttle
// the host's queues.
module dataStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'stdata${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    locked: locked
    principalId: identity.properties.principalId
    identityId: identity.id
    // The blob contributor role includes the right to get a user delegation key, with which the app signs upload URLs.
    roles: ['Storage Blob Data Contributor', 'Storage Table Data Contributor']
    containers: ['uploads', 'manifests', 'variants']
    queues: []
    // Clients anywhere on the Internet upload photographs to signed URLs.
    publicNetwork: true
    // The shop's page sends photographs directly to this account.
    browserOrigins: union([pageOrigin], browserOrigins)
    deletedBlobDays: 14
    lifecycle: [
      // The app reads an original once, when it creates the variants. The original is retained, so that more variants can be created
      // later.
      { name: 'OriginalsToCool', prefix: 'uploads/', coolAfterDays: 30 }
    ]
    workspaceId: monitoring.outputs.workspaceId
    logMessages: false
  }
}

module keyVault 'modules/key-vault.bicep' = {
  params: {
    name: vaultName
    location: location
    tags: tags
    principalId: identity.properties.principalId
    identityId: identity.id
    writerId: keyWriterId
    publicNetwork: !private
    retention: vaultRetention
    workspaceId: monitoring.outputs.workspaceId
  }
}

module database 'modules/orders-database.bicep' = if (orders.kind != 'tables') {
  params: {
    name: databaseAccount
    location: location
    tags: tags
    regions: orders.kind == 'autoscale' ? orders.regions : orders.kind == 'serverless' ? [orders.region] : []
    maximumThroughput: orders.kind == 'autoscale' ? orders.maximumThroughput : null
    principalId: identity.properties.principalId
    identityId: identity.id
    locked: locked
    databaseName: effectiveDefaults.Orders__Cosmos__Database
    containerName: effectiveDefaults.Orders__Cosmos__Container
    productContainerName: effectiveDefaults.Orders__Cosmos__ProductContainer
    publicNetwork: !private
    workspaceId: monitoring.outputs.workspaceId
  }
}

module cache 'modules/sessions-cache.bicep' = if (sessions.kind == 'redis') {
  params: {
    name: 'redis-${name}-${suffix}'
    location: location
    tags: tags
    sku: sessions.kind == 'redis' ? sessions.sku : 'Balanced_B0'
    highAvailability: sessions.kind == 'redis' ? sessions.highAvailability : false
    principalId: identity.properties.principalId
    publicNetwork: !private
    workspaceId: monitoring.outputs.workspaceId
  }
}

var storageZones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
}
var vaultZone = 'privatelink.vaultcore.azure.net'
var databaseZone = 'privatelink.documents.azure.com'
var cacheZone = 'privatelink.redis.azure.net'

module vnet 'modules/network.bicep' = if (private) {
  params: {
    name: name
    location: location
    tags: tags
    addressPrefix: addressPrefix
    zones: concat(
      map(items(storageZones), zone => zone.value),
      [vaultZone],
      orders.kind == 'tables' ? [] : [databaseZone],
      sessions.kind == 'redis' ? [cacheZone] : []
    )
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [
  for endpoint in flatten(map(['runtime', 'data'], account => map(items(storageZones), zone => { account: account, part: zone.key, zone: zone.value }))): if (private) {
    name: 'endpoint-${endpoint.account}-${endpoint.part}'
    params: {
      name: 'pe-${name}-${endpoint.account}-${endpoint.part}'
      location: location
      tags: tags
      subnetId: vnet!.outputs.endpointsSubnetId
      serviceId: endpoint.account == 'runtime' ? runtimeStorage.outputs.id : dataStorage.outputs.id
      part: endpoint.part
      zone: endpoint.zone
    }
  }
]

module vaultEndpoint 'modules/private-endpoint.bicep' = if (private) {
  params: {
    name: 'pe-${name}-vault'
    location: location
    tags: tags
    subnetId: vnet!.outputs.endpointsSubnetId
    serviceId: keyVault.outputs.id
    part: 'vault'
    zone: vaultZone
  }
}

module databaseEndpoint 'modules/private-endpoint.bicep' = if (private && orders.kind != 'tables') {
  params: {
    name: 'pe-${name}-database'
    location: location
    tags: tags
    subnetId: vnet!.outputs.endpointsSubnetId
    serviceId: database!.outputs.id
    part: 'Sql'
    zone: databaseZone
  }
}

module cacheEndpoint 'modules/private-endpoint.bicep' = if (private && sessions.kind == 'redis') {
  params: {
    name: 'pe-${name}-cache'
    location: location
    tags: tags
    subnetId: vnet!.outputs.endpointsSubnetId
    serviceId: cache!.outputs.id
    part: 'redisEnterprise'
    zone: cacheZone
  }
}

module frontDoorProfile 'modules/front-door-profile.bicep' = if (edge != 'none') {
  params: {
    name: frontDoorName
    installation: name
    tags: tags
    sku: edge == 'premium' ? 'Premium_AzureFrontDoor' : 'Standard_AzureFrontDoor'
    workspaceId: monitoring.outputs.workspaceId
  }
}

var effectiveDefaults = union(settingDefaults, settings)

module functionApps 'modules/function-app.bicep' = [
  for app in apps: {
    name: 'app-${app.name}'
    params: {
      // The short name comes first, because the Functions host identifies an app on a storage account by the first 32 characters of its
      // name.
      name: 'func-${name}-${app.name}-${suffix}'
      location: location
      tags: union(tags, { 'azd-service-name': app.name })
      identityId: identity.id
      zoneRedundant: zoneRedundant
      packageContainerUri: '${runtimeStorage.outputs.blobUri}package-${app.name}'
      scaling: scaleOf[?app.name] ?? scale
      siteUpdate: siteUpdate
      browserOrigins: browserOrigins
      browserCredentials: browserCredentials
      settings: union(
        effectiveDefaults,
        {
          AzureWebJobsStorage__blobServiceUri: runtimeStorage.outputs.blobUri
          AzureWebJobsStorage__queueServiceUri: runtimeStorage.outputs.queueUri
          AzureWebJobsStorage__tableServiceUri: runtimeStorage.outputs.tableUri
          AzureWebJobsStorage__credential: 'managedidentity'
          AzureWebJobsStorage__clientId: identity.properties.clientId
          AzureFunctionsJobHost__extensions__queues__batchSize: string((scaleOf[?app.name] ?? scale).queueBatch)
          AzureFunctionsJobHost__extensions__queues__newBatchThreshold: string((scaleOf[?app.name] ?? scale).queueBatch / 2)
          // The host holds each body in memory, and refuses a larger body with an empty 500 response. The margin lets a body that is slightly
          // too large reach the app, whose 413 response names the direct upload.
          FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(int(effectiveDefaults.Images__MaxPostedBytes) + 1000000)
          // Without this setting, the host would respond to GET / with a page of Azure, and would not call the function for this path.
          AzureWebJobsDisableHomepage: 'true'
          Storage__blobServiceUri: dataStorage.outputs.blobUri
          Storage__tableServiceUri: dataStorage.outputs.tableUri
          AZURE_CLIENT_ID: identity.properties.clientId
          Authentication__Authority: authority
          Authentication__Audience: audience
          Orders__Store: orders.kind == 'tables' ? 'tables' : 'cosmos'
          Orders__CursorKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=orders-cursor-key)'
          Cart__Store: sessions.kind
          Webhooks__EncryptionKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=webhooks-encryption-key)'
          Edge__FrontDoorId: edge == 'none' ? '' : frontDoorProfile!.outputs.frontDoorId
          APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
          APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
          // Without these two settings, the Functions host exports two spans for each poll of a queue. The worker does not apply the
          // second setting (see Functions.csproj), so that it still exports spans for its own requests.
          AZURE_TRACING_DISABLED: 'true'
          DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION: 'false'
          // The C library otherwise keeps the memory that libvips has freed for the thread that allocated it.
          MALLOC_ARENA_MAX: '1'
          OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
          OTEL_TRACES_SAMPLER_ARG: sampledPercent == 100 ? '1.0' : '0.${padLeft(sampledPercent, 2, '0')}'
        },
        orders.kind == 'tables' ? {} : { Orders__Cosmos__Endpoint: database!.outputs.endpoint },
        sessions.kind == 'tables'
          ? {}
          : { Cart__Redis__Endpoint: cache!.outputs.endpoint, Cart__Redis__PrincipalId: identity.properties.principalId },
        reduce(
          webhookSigningKeyNames,
          {},
          (settings, secret, i) =>
            union(settings, { 'Webhooks__SigningKeys__${i}': '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secret})' })
        ),
        reduce(
          imageSizeKeyNames,
          {},
          (settings, secret, i) =>
            union(settings, { 'Images__SizeKeys__${i}': '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secret})' })
        ),
        reduce(
          regionNames,
          {},
          (settings, region, i) => union(settings, { 'Orders__Cosmos__PreferredRegions__${i}': region })
        ),
        toObject(
          filter(allFunctions, function => !contains(app.functions, function)),
          function => 'AzureWebJobs.${function}.Disabled',
          function => 'true'
        )
      )
      frontDoorId: edge == 'none' ? '' : frontDoorProfile!.outputs.frontDoorId
      subnetId: private ? vnet!.outputs.appsSubnetId : ''
      callers: edge == 'none' ? 'anyone' : private ? 'privateEndpoint' : 'frontDoor'
      workspaceId: monitoring.outputs.workspaceId
    }
    // The private endpoints are deployed first. If an app started before the names of its services resolve to private addresses, the
    // app would cache the public addresses, which refuse its connections.
    dependsOn: [keyVault, storageEndpoints, vaultEndpoint, databaseEndpoint, cacheEndpoint]
  }
]

module frontDoor 'modules/front-door.bicep' = if (edge != 'none') {
  params: {
    profileName: frontDoorName
    name: name
    tags: tags
    premium: edge == 'premium'
    domain: domain
    apps: apps
    hosts: [for (app, i) in apps: { hostName: functionApps[i].outputs.hostName, id: functionApps[i].outputs.id }]
    privateLocation: private ? location : ''
    probeInterval: probeInterval
  }
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    emails: alertEmails
    budget: budget
    queues: queues
    workspaceId: monitoring.outputs.workspaceId
    databaseId: orders.kind == 'tables' ? '' : resourceId('Microsoft.DocumentDB/databaseAccounts', databaseAccount)
    frontDoorId: edge == 'none' ? '' : resourceId('Microsoft.Cdn/profiles', frontDoorName)
    probed: probeInterval > 0
  }
  dependsOn: [database, frontDoorProfile]
}

module workbook 'modules/workbook.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

@description('The URL that clients call.')
output uri string = edge == 'none' ? 'https://${functionApps[0].outputs.hostName}' : frontDoor!.outputs.uri

@description('The DNS records that the custom domain needs. Without a domain, the values are empty.')
output domainRecords types.domainRecords = edge == 'none' ? { name: '', cname: '', txtName: '', txtValue: '' } : frontDoor!.outputs.domainRecords

@description('The names of the function apps. The package must be deployed to each of them.')
output functionAppNames string[] = [for (app, i) in apps: functionApps[i].outputs.name]

@description('The name of the key vault, which must contain the app\'s keys.')
output keyVaultName string = vaultName

@description('The name of the resource group, which azd passes to the hooks.')
output resourceGroupName string = resourceGroup().name
