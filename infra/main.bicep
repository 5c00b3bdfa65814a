targetScope = 'resourceGroup'

import * as types from 'types.bicep'

@description('Short name of this installation; part of every resource name. Lower-case letters and digits.')
@minLength(2)
@maxLength(12)
param name string

@description('Region of every resource; Flex Consumption must be offered there.')
param location string = resourceGroup().location

@description('Issuer of the access tokens: the https URL below which .well-known/openid-configuration is.')
param authority string

@description('One app for everything, or an app for each capability, which scale by themselves. The package is the same.')
param topology types.topology

@description('How apps scale unless scaleOf says otherwise.')
param scale types.scale

@description('How single apps scale, by their name in capabilities.json.')
param scaleOf { *: types.scale } = {}

@description('RollingUpdate replaces instances in batches, and so lets requests finish; Recreate stops all of them at once.')
param siteUpdate 'RollingUpdate' | 'Recreate' = 'RollingUpdate'

@description('Where orders are kept.')
param orders types.orders

@description('Where carts are kept.')
param sessions types.sessions

param edge types.edge

@description('Seconds between the probes that each location of Front Door sends to each app; 0 for none. Probes keep an app from scaling to zero, and with one origin a group they decide nothing: they are for the alert.')
@minValue(0)
@maxValue(255)
param probeInterval int = 0

param network types.network

@description('Address range of the virtual network, if there is one.')
param addressPrefix string = '10.20.0.0/24'

@description('Copies of what is in the storage accounts.')
param storageRedundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@description('Origins, such as https://shop.example.com, whose pages may put uploads to the URLs that they are given.')
param browserOrigins string[] = []

@description('App settings that are to differ from app-settings.json, which holds the defaults of all.')
param settings { *: string } = {}

@description('Secrets in the vault that hold the keys of webhook signature v1a, each of which signs; two while one takes the other\'s place.')
@minLength(1)
@maxLength(4)
param webhookSigningKeyNames string[] = ['webhooks-signing-key']

@description('Percent of requests whose traces are kept. Metrics count all of them.')
@minValue(1)
@maxValue(100)
param sampledPercent int

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('Most GB of logs in a day, after which the rest of the day is lost; -1 for no limit.')
@minValue(-1)
param dailyLogQuota int = -1

@description('E-mail addresses that alerts go to.')
param alertEmails string[] = []

@description('Object id of who puts the signing keys into the vault: the person or pipeline that deploys. Empty for nobody.')
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

// What the types cannot say. A deployment stops with the first of these before it changes anything.
var unknownSettings = filter(objectKeys(settings), setting => !contains(settingDefaults, setting))
var unknownApps = filter(objectKeys(scaleOf), app => !contains(appNames, app))
var regionNames = orders.kind == 'autoscale' ? map(orders.regions, region => region.name) : []
var unprobedGroups = map(
  filter(loadJsonContent('edge-rules.json').originGroups, group => length(filter(group.origins, origin => origin.enabled)) > 1),
  group => string(group.name)
)
var faults = filter(
  [
    network == 'private' && edge == 'standard'
      ? 'edge: Front Door Standard cannot reach apps behind private endpoints; choose premium, or network public.'
      : ''
    orders.kind == 'autoscale' && orders.?maximumThroughput % 1000 != 0
      ? 'orders.maximumThroughput: autoscale goes in steps of 1,000 request units.'
      : ''
    length(union(regionNames, [])) != length(regionNames) ? 'orders.regions: a region is named twice.' : ''
    empty(unknownSettings) ? '' : 'settings: there is no ${join(unknownSettings, ', ')}; app-settings.json has all that can be set.'
    empty(unknownApps) ? '' : 'scaleOf: topology ${topology} has no app ${join(unknownApps, ', ')}, but ${join(appNames, ', ')}.'
    probeInterval == 0 && !empty(unprobedGroups)
      ? 'probeInterval: ${join(unprobedGroups, ', ')} of edge-rules.json has several origins, between which only probes can choose.'
      : ''
    startsWith(authority, 'https://') ? '' : 'authority: must be an https URL.'
    name == toLower(replace(replace(name, '-', ''), '_', '')) ? '' : 'name: lower-case letters and digits only.'
  ],
  fault => !empty(fault)
)
var prefix = empty(faults) ? name : fail(join(faults, ' '))

// A name of a storage account or a web app is unique in the whole of Azure.
var suffix = uniqueString(resourceGroup().id, name)
var tags = { application: 'serverlessscale', installation: name }
var private = network == 'private'

// Names that resources are looked up by, known before anything exists.
var databaseAccount = 'cosmos-${name}-${suffix}'
var frontDoorName = 'afd-${name}'
var vaultName = 'kv-${suffix}'

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

// The Functions host's own: leases, timers, queues and the deployed packages.
module runtimeStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'strun${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    principalId: identity.properties.principalId
    identityId: identity.id
    roles: ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']
    containers: map(appNames, app => 'package-${app}')
    publicNetwork: !private
    browserOrigins: []
    deletedBlobDays: 7
    lifecycle: []
    workspaceId: monitoring.outputs.workspaceId
    // For the alerts on poison queues.
    logMessages: true
  }
}

// Photographs and records, in an account of their own: uploads go straight to it and cannot slow the host's queues down.
module dataStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'stdata${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    principalId: identity.properties.principalId
    identityId: identity.id
    // The contributor role includes the user delegation key that signs upload URLs.
    roles: ['Storage Blob Data Contributor', 'Storage Table Data Contributor']
    containers: ['uploads', 'manifests', 'variants']
    // Clients put photographs to signed URLs, from wherever they are.
    publicNetwork: true
    browserOrigins: browserOrigins
    deletedBlobDays: 14
    lifecycle: [
      // Read once, when the variants are made; kept to make others later.
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
    databaseName: effectiveDefaults.Orders__Cosmos__Database
    containerName: effectiveDefaults.Orders__Cosmos__Container
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
      // The short name comes first: the host tells apps on one storage account apart by 32 characters.
      name: 'func-${name}-${app.name}-${suffix}'
      location: location
      tags: union(tags, { 'azd-service-name': app.name })
      identityId: identity.id
      packageContainerUri: '${runtimeStorage.outputs.blobUri}package-${app.name}'
      scaling: scaleOf[?app.name] ?? scale
      siteUpdate: siteUpdate
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
          Storage__blobServiceUri: dataStorage.outputs.blobUri
          Storage__tableServiceUri: dataStorage.outputs.tableUri
          AZURE_CLIENT_ID: identity.properties.clientId
          Authentication__Authority: authority
          Orders__Store: orders.kind == 'tables' ? 'tables' : 'cosmos'
          Orders__CursorKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=orders-cursor-key)'
          Cart__Store: sessions.kind
          Webhooks__EncryptionKey: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=webhooks-encryption-key)'
          Edge__FrontDoorId: edge == 'none' ? '' : frontDoorProfile!.outputs.frontDoorId
          APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
          APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
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
    // An app that starts before its names resolve to private addresses caches the public ones, which refuse it.
    dependsOn: [keyVault, storageEndpoints, vaultEndpoint, databaseEndpoint, cacheEndpoint]
  }
]

module frontDoor 'modules/front-door.bicep' = if (edge != 'none') {
  params: {
    profileName: frontDoorName
    name: name
    tags: tags
    premium: edge == 'premium'
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

@description('Where clients call.')
output uri string = edge == 'none' ? 'https://${functionApps[0].outputs.hostName}' : frontDoor!.outputs.uri

@description('The apps that the package is to be deployed to.')
output functionAppNames string[] = [for (app, i) in apps: functionApps[i].outputs.name]

@description('The vault that the signing keys belong in.')
output keyVaultName string = vaultName
