import { app, domainRecords as records } from '../types.bicep'
import { rules, conditionTypes, actionTypes, pathsOf, cacheOverride } from '../edge-rules.bicep'

@description('The name of the Front Door profile.')
param profileName string

@description('The short name of the installation.')
param name string

param tags { *: string }

@description('Whether the profile is Premium. Only Premium has the managed rule sets and can reach origins behind private endpoints.')
param premium bool

@description('The host name of the custom domain; empty if there is none.')
param domain string

@description('The function apps. The first app receives every path that belongs to no other app.')
param apps app[]

@description('The host name and the resource id of each app, in the same order as the apps.')
param hosts { hostName: string, id: string }[]

@description('The region of the apps when Front Door reaches them through private links; empty when Front Door reaches them over the Internet.')
param privateLocation string

@description('The seconds between two health probes that each Front Door location sends to each origin; 0 disables probes.')
param probeInterval int

// The first app also receives the paths that belong to no app, so that their response is a 404 with a problem document.
var appPaths = [for (app, i) in apps: length(apps) == 1 ? ['/*'] : i == 0 ? concat(app.paths, ['/*']) : app.paths]
var allAppPaths = flatten(appPaths)
var allPatterns = flatten(map(rules.routes, route => route.patternsToMatch))

var groups = flatten(map(
  range(0, length(apps)),
  a =>
    map(rules.originGroups, group => {
      name: '${group.name}-${apps[a].name}'
      app: a
      settings: group
    })
))

var origins = flatten(map(
  range(0, length(groups)),
  g => map(groups[g].settings.origins, origin => { group: g, app: groups[g].app, settings: origin })
))

var routes = filter(
  flatten(map(
    range(0, length(apps)),
    a =>
      map(rules.routes, route => {
        name: '${route.name}-${apps[a].name}'
        group: '${route.originGroup}-${apps[a].name}'
        paths: pathsOf(route.patternsToMatch, allPatterns, appPaths[a], allAppPaths)
        ruleSets: route.?ruleSets ?? []
        cache: route.?cache
        override: (route.?cache.?cacheBehavior ?? 'HonorOrigin') != 'HonorOrigin' ? 'Cache${route.name}' : ''
      })
  )),
  route => !empty(route.paths)
)

// A route without a rule set caches a response only as the origin's headers allow. A cache setting that overrides the origin needs a rule
// set, which is built here.
var cacheRuleSets = map(
  filter(rules.routes, route => (route.?cache.?cacheBehavior ?? 'HonorOrigin') != 'HonorOrigin'),
  route => {
    name: 'Cache${route.name}'
    rules: [
      {
        name: 'Cache'
        order: 0
        conditions: []
        actions: [{ name: 'RouteConfigurationOverride', parameters: { cacheConfiguration: route.cache } }]
        matchProcessingBehavior: 'Continue'
      }
    ]
  }
)
var ruleSetsOfFile = concat(cacheRuleSets, rules.ruleSets)

var rulesOfFile = flatten(map(
  range(0, length(ruleSetsOfFile)),
  s => map(ruleSetsOfFile[s].rules, rule => { ruleSet: s, settings: rule })
))

resource profile 'Microsoft.Cdn/profiles@2025-12-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-12-01' existing = {
  parent: profile
  name: 'fde-${name}'
}

// Front Door renews the certificate. It issues the first one after the TXT record of the output exists.
resource customDomain 'Microsoft.Cdn/profiles/customDomains@2025-12-01' = if (!empty(domain)) {
  parent: profile
  name: empty(domain) ? 'none' : replace(domain, '.', '-')
  properties: {
    hostName: domain
    tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' }
  }
}

resource originGroups 'Microsoft.Cdn/profiles/originGroups@2025-12-01' = [
  for group in groups: {
    parent: profile
    name: group.name
    properties: {
      loadBalancingSettings: {
        sampleSize: group.settings.loadBalancing.sampleSize
        successfulSamplesRequired: group.settings.loadBalancing.successfulSamplesRequired
        additionalLatencyInMilliseconds: group.settings.loadBalancing.additionalLatencyInMilliseconds
      }
      // The probe interval in the file applies to the local edge. Front Door uses a parameter instead, because it has more than a
      // hundred locations and each location probes independently.
      healthProbeSettings: probeInterval == 0
        ? null
        : {
            probePath: group.settings.healthProbe.path
            probeIntervalInSeconds: probeInterval
            probeProtocol: group.settings.healthProbe.protocol
            probeRequestType: group.settings.healthProbe.method
          }
      sessionAffinityState: 'Disabled'
    }
  }
]

resource originsOfGroups 'Microsoft.Cdn/profiles/originGroups/origins@2025-12-01' = [
  for origin in origins: {
    parent: originGroups[origin.group]
    name: origin.settings.name
    properties: {
      hostName: hosts[origin.app].hostName
      originHostHeader: hosts[origin.app].hostName
      httpsPort: 443
      priority: origin.settings.priority
      weight: origin.settings.weight
      enabledState: origin.settings.enabled ? 'Enabled' : 'Disabled'
      enforceCertificateNameCheck: true
      sharedPrivateLinkResource: empty(privateLocation)
        ? null
        : {
            groupId: 'sites'
            privateLink: { id: hosts[origin.app].id }
            privateLinkLocation: privateLocation
            requestMessage: 'Front Door of ${name}'
          }
    }
  }
]

resource ruleSets 'Microsoft.Cdn/profiles/ruleSets@2025-12-01' = [
  for ruleSet in ruleSetsOfFile: {
    parent: profile
    name: ruleSet.name
  }
]

// Rules are deployed one at a time, because Front Door rejects concurrent changes to a rule set with 409.
@batchSize(1)
resource rulesOfSets 'Microsoft.Cdn/profiles/ruleSets/rules@2025-12-01' = [
  for rule in rulesOfFile: {
    parent: ruleSets[rule.ruleSet]
    name: rule.settings.name
    properties: {
      order: rule.settings.order
      matchProcessingBehavior: rule.settings.matchProcessingBehavior
      conditions: map(rule.settings.conditions, condition => {
        name: condition.name
        parameters: union({ typeName: conditionTypes[condition.name] }, condition.parameters)
      })
      actions: map(rule.settings.actions, action => {
        name: action.name
        parameters: action.name != 'RouteConfigurationOverride'
          ? union({ typeName: actionTypes[action.name] }, action.parameters)
          : {
              typeName: 'DeliveryRuleRouteConfigurationOverrideActionParameters'
              cacheConfiguration: contains(action.parameters, 'cacheConfiguration')
                ? cacheOverride(action.parameters.cacheConfiguration)
                : null
              originGroupOverride: !contains(action.parameters, 'originGroup')
                ? null
                : length(apps) > 1
                    ? fail('edge-rules.json: rule ${rule.settings.name} overrides the origin group, which is possible only in topology monolith.')
                    : {
                        forwardingProtocol: 'HttpsOnly'
                        originGroup: {
                          id: resourceId(
                            'Microsoft.Cdn/profiles/originGroups',
                            profileName,
                            '${action.parameters.originGroup}-${apps[0].name}'
                          )
                        }
                      }
            }
      })
    }
    dependsOn: [originsOfGroups]
  }
]

resource routesOfEndpoint 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-12-01' = [
  for route in routes: {
    parent: endpoint
    name: route.name
    properties: {
      originGroup: { id: resourceId('Microsoft.Cdn/profiles/originGroups', profileName, route.group) }
      patternsToMatch: route.paths
      customDomains: empty(domain) ? [] : [{ id: customDomain.id }]
      ruleSets: map(empty(route.override) ? route.ruleSets : concat([route.override], route.ruleSets), ruleSet => {
        id: resourceId('Microsoft.Cdn/profiles/ruleSets', profileName, ruleSet)
      })
      cacheConfiguration: route.cache == null
        ? null
        : {
            queryStringCachingBehavior: route.cache.queryStringCachingBehavior
            queryParameters: contains(route.cache, 'queryParameters') ? join(route.cache.?queryParameters ?? [], ',') : null
            compressionSettings: {
              isCompressionEnabled: route.cache.isCompressionEnabled
              contentTypesToCompress: route.cache.?contentTypesToCompress ?? []
            }
          }
      supportedProtocols: ['Http', 'Https']
      httpsRedirect: 'Enabled'
      forwardingProtocol: 'HttpsOnly'
      linkToDefaultDomain: 'Enabled'
      enabledState: 'Enabled'
    }
    dependsOn: [originsOfGroups, rulesOfSets]
  }
]

module firewall 'firewall.bicep' = {
  params: {
    name: name
    tags: tags
    premium: premium
  }
}

resource protection 'Microsoft.Cdn/profiles/securityPolicies@2025-12-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: { id: firewall.outputs.id }
      // The firewall inspects only the requests for the domains in this list.
      associations: [
        {
          domains: concat([{ id: endpoint.id }], empty(domain) ? [] : [{ id: customDomain.id }])
          patternsToMatch: ['/*']
        }
      ]
    }
  }
}

// Clients can use this name at once, even if the records of the custom domain do not exist yet.
output uri string = 'https://${endpoint.properties.hostName}'

output domainRecords records = {
  name: domain
  cname: empty(domain) ? '' : endpoint.properties.hostName
  txtName: empty(domain) ? '' : '_dnsauth.${domain}'
  txtValue: empty(domain) ? '' : customDomain!.properties.validationProperties.validationToken
}
