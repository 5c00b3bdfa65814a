@description('Gives one service an address in the virtual network, and the name that leads there.')
param name string

param location string

param tags { *: string }

param subnetId string

@description('Resource id of the service.')
param serviceId string

@description('Which part of the service: blob, queue, table, Sql, vault, redisEnterprise.')
param part string

@description('The private DNS zone of such services.')
param zone string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: 'nic-${name}'
    privateLinkServiceConnections: [
      {
        name: part
        properties: {
          privateLinkServiceId: serviceId
          groupIds: [part]
        }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: part
          properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zone) }
        }
      ]
    }
  }
}
