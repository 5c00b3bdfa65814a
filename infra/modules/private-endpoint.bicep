@description('The name of the private endpoint. The module creates a private address in the virtual network for one service, and a DNS name that resolves to the address.')
param name string

param location string

param tags { *: string }

param subnetId string

@description('The resource id of the service.')
param serviceId string

@description('The group id of the service, which selects one of its endpoints: blob, queue, table, Sql, vault or redisEnterprise.')
param part string

@description('The private DNS zone for services of this kind.')
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
