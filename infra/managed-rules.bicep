// What the managed rules of Front Door (Microsoft_DefaultRuleSet 2.1) would refuse although docs/api.md allows it. Each entry needs a reason
// and a row in docs/edge.md ("The managed rules and our own API").

type exclusion = {
  matchVariable: 'QueryStringArgNames' | 'RequestBodyJsonArgNames' | 'RequestCookieNames' | 'RequestHeaderNames'
  selectorMatchOperator: 'Equals'
  selector: string
}

func excluded(matchVariable string, name string) exclusion => {
  matchVariable: any(matchVariable)
  selectorMatchOperator: 'Equals'
  selector: name
}

@description('The values that no managed rule inspects. They are random, or encoded, or compared with a stored value, so a sequence of characters that looks like an attack is a coincidence and has no effect.')
@export()
var exclusions exclusion[] = concat(
  // The id of a session is random base64url. Rule 942450 alone matches one of 1,500 ids, because they contain "0x" and three
  // hexadecimal digits. Their visitors would be refused until they close the browser. The app looks up only the hash of the id.
  [excluded('RequestCookieNames', 'sid')],
  map(
    [
      // A signed token.
      'Authorization'
      // The server's own values, which the client sends back.
      'Consistency-Token'
      'If-Match'
      'If-None-Match'
      // The client chooses any printable ASCII characters. The app stores only a hash.
      'Idempotency-Key'
    ],
    header => excluded('RequestHeaderNames', header)
  ),
  // A signed value of the server, and the signature of the URL of an image size.
  map(['cursor', 's'], name => excluded('QueryStringArgNames', name))
)

// A receiver's URL is on another domain (931130), may contain an IP address (931100) or end with a question mark (931120). The app parses
// the URL and refuses internal addresses itself.
var url exclusion[] = [excluded('RequestBodyJsonArgNames', 'url')]

// Free text of a customer, such as "orders (select; drop)". No SQL database, shell or interpreter receives the text, and the app returns
// it only as JSON.
var freeText exclusion[] = [excluded('RequestBodyJsonArgNames', 'description')]

@description('The changes to groups of managed rules. 911100 and 920420 are disabled instead of logged, because many normal requests would match them.')
@export()
var groupOverrides = [
  {
    // Microsoft describes the group as "Lock-down methods (PUT, PATCH)" and lists no allowed methods. The app responds with 405 to
    // methods that a path does not support.
    ruleGroupName: 'METHOD-ENFORCEMENT'
    rules: [{ ruleId: '911100', enabledState: 'Disabled', action: 'Log', exclusions: [] }]
    exclusions: []
  }
  {
    ruleGroupName: 'PROTOCOL-ENFORCEMENT'
    rules: [
      // The list of allowed media types in the Core Rule Set has no images. The app responds with 415 to other types.
      { ruleId: '920420', enabledState: 'Disabled', action: 'Log', exclusions: [] }
      // A SKU in a path may end like a file name (.bak, .db). The app serves no files.
      { ruleId: '920440', enabledState: 'Enabled', action: 'Log', exclusions: [] }
    ]
    exclusions: []
  }
  { ruleGroupName: 'RFI', rules: [], exclusions: url }
  ...map(
    ['LFI', 'RCE', 'PHP', 'NODEJS', 'XSS', 'SQLI', 'JAVA', 'MS-ThreatIntel-AppSec', 'MS-ThreatIntel-SQLI'],
    group => { ruleGroupName: group, rules: [], exclusions: freeText }
  )
]

@description('Ends the evaluation for a photograph, because rules that inspect a body before parsing it could match random bytes. The size, the token and the rate were checked before. Exclusions cannot name such a body.')
@export()
var imageBodies = {
  name: 'ImageBodies'
  priority: 30
  enabledState: 'Enabled'
  ruleType: 'MatchRule'
  matchConditions: [
    { matchVariable: 'RequestMethod', operator: 'Equal', matchValue: ['POST'] }
    {
      matchVariable: 'RequestUri'
      operator: 'RegEx'
      matchValue: ['^([a-z]+://[^/?]*)?/api/images$']
      transforms: ['UrlDecode', 'Lowercase']
    }
    {
      matchVariable: 'RequestHeader'
      selector: 'Content-Type'
      operator: 'RegEx'
      matchValue: ['^image/(jpeg|png|gif|webp)$']
      transforms: ['Lowercase']
    }
  ]
  action: 'Allow'
}
