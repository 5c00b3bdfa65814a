import { rules } from '../edge-rules.bicep'
import { exclusions, groupOverrides, imageBodies } from '../managed-rules.bicep'

@description('The short name of the installation.')
param name string

param tags { *: string }

@description('Whether the profile is Premium. Only Premium has the managed rule sets.')
param premium bool

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-11-01' = {
  name: 'waf${name}'
  location: 'global'
  tags: tags
  sku: { name: premium ? 'Premium_AzureFrontDoor' : 'Standard_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: rules.waf.mode
      requestBodyCheck: 'Enabled'
      customBlockResponseStatusCode: 403
      // LocalCloud's edge sends the same problem document. Front Door always sends the body as text/html.
      customBlockResponseBody: base64(string({
        type: 'https://serverlessscale.dev/problems/refused-by-edge'
        title: 'The edge refused the request'
        status: 403
        detail: 'The firewall in front of the shop blocked the request. Write requests need a bearer token.'
      }))
    }
    customRules: {
      rules: [
        for rule in concat(rules.waf.customRules, premium ? [imageBodies] : []): {
          name: rule.name
          priority: rule.priority
          enabledState: rule.enabledState
          ruleType: rule.ruleType
          rateLimitDurationInMinutes: rule.?rateLimitDurationInMinutes
          rateLimitThreshold: rule.?rateLimitThreshold
          action: rule.action
          matchConditions: map(rule.matchConditions, condition => {
            matchVariable: condition.matchVariable
            selector: condition.?selector
            operator: condition.operator
            negateCondition: condition.?negateCondition ?? false
            matchValue: condition.matchValue
            transforms: condition.?transforms ?? []
          })
        }
      ]
    }
    managedRules: {
      managedRuleSets: premium
        ? [
            {
              ruleSetType: 'Microsoft_DefaultRuleSet'
              ruleSetVersion: '2.1'
              ruleSetAction: 'Block'
              exclusions: exclusions
              ruleGroupOverrides: groupOverrides
            }
            { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
          ]
        : []
    }
  }
}

output id string = firewall.id
