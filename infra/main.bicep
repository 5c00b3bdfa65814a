targetScope = 'resourceGroup'

@description('Short name of this installation; part of every resource name.')
@minLength(2)
@maxLength(12)
param name string

@description('Region of every resource; Flex Consumption must be offered there.')
param location string = resourceGroup().location

@description('Issuer of the access tokens: the https URL below which .well-known/openid-configuration is.')
param authority string

@description('What an access token must name as its audience.')
param audience string = 'serverlessscale'

@description('Most instances that the function app may grow to.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 100

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

// A name of a storage account or a web app is unique in the whole of Azure.
var suffix = uniqueString(resourceGroup().id, name)
var tags = { application: 'serverlessscale', installation: name }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
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
  }
}

// The Functions host's own: leases, timers, queues and the deployed package.
module runtimeStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'strun${suffix}'
    location: location
    tags: tags
    principalId: identity.properties.principalId
    identityId: identity.id
    roles: ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']
    containers: [packageContainer]
  }
}

// Photographs and records, in an account of their own: uploads go straight to it and cannot slow the host's queues down.
module dataStorage 'modules/storage-account.bicep' = {
  params: {
    name: 'stdata${suffix}'
    location: location
    tags: tags
    principalId: identity.properties.principalId
    identityId: identity.id
    // The contributor role includes the user delegation key that signs upload URLs.
    roles: ['Storage Blob Data Contributor', 'Storage Table Data Contributor']
    containers: []
  }
}

var packageContainer = 'packages'

module app 'modules/function-app.bicep' = {
  params: {
    name: 'func-${name}-${suffix}'
    location: location
    tags: tags
    identityId: identity.id
    packageContainerUri: '${runtimeStorage.outputs.blobUri}${packageContainer}'
    maximumInstances: maximumInstances
    instanceMemory: instanceMemory
    settings: {
      AzureWebJobsStorage__blobServiceUri: runtimeStorage.outputs.blobUri
      AzureWebJobsStorage__queueServiceUri: runtimeStorage.outputs.queueUri
      AzureWebJobsStorage__tableServiceUri: runtimeStorage.outputs.tableUri
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      Storage__blobServiceUri: dataStorage.outputs.blobUri
      Storage__tableServiceUri: dataStorage.outputs.tableUri
      AZURE_CLIENT_ID: identity.properties.clientId
      Authentication__Authority: authority
      Authentication__Audience: audience
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
    }
  }
}

@description('Where the app answers.')
output uri string = app.outputs.uri

@description('For deploying the package to.')
output functionAppName string = app.outputs.name
