// The edge's rules in the words of Azure Resource Manager. The file itself is in Front Door's words already (docs/edge.md), so
// what is left is the type name that goes with each condition and action, and which app a path belongs to.

@description('edge-rules.json, which LocalCloud reads too.')
@export()
var rules = any(loadJsonContent('edge-rules.json'))

@description('Type names of conditions, which are not always their names.')
@export()
var conditionTypes = {
  ClientPort: 'DeliveryRuleClientPortConditionParameters'
  Cookies: 'DeliveryRuleCookiesConditionParameters'
  HostName: 'DeliveryRuleHostNameConditionParameters'
  HttpVersion: 'DeliveryRuleHttpVersionConditionParameters'
  QueryString: 'DeliveryRuleQueryStringConditionParameters'
  RemoteAddress: 'DeliveryRuleRemoteAddressConditionParameters'
  RequestHeader: 'DeliveryRuleRequestHeaderConditionParameters'
  RequestMethod: 'DeliveryRuleRequestMethodConditionParameters'
  RequestScheme: 'DeliveryRuleRequestSchemeConditionParameters'
  RequestUri: 'DeliveryRuleRequestUriConditionParameters'
  SocketAddr: 'DeliveryRuleSocketAddrConditionParameters'
  UrlFileExtension: 'DeliveryRuleUrlFileExtensionMatchConditionParameters'
  UrlFileName: 'DeliveryRuleUrlFilenameConditionParameters'
  UrlPath: 'DeliveryRuleUrlPathMatchConditionParameters'
}

@description('Type names of actions that need no more than one.')
@export()
var actionTypes = {
  ModifyRequestHeader: 'DeliveryRuleHeaderActionParameters'
  ModifyResponseHeader: 'DeliveryRuleHeaderActionParameters'
  UrlRedirect: 'DeliveryRuleUrlRedirectActionParameters'
  UrlRewrite: 'DeliveryRuleUrlRewriteActionParameters'
}

@description('Whether all that a path pattern matches is matched by another one too.')
@export()
func covers(pattern string, path string) bool =>
  pattern == path || (endsWith(pattern, '/*') && startsWith(path, substring(pattern, 0, max(0, length(pattern) - 1))))

@description('The pattern that decides on a path, as Front Door has it: the longest of those that cover it.')
func decisive(path string, patterns string[]) string =>
  reduce(
    filter(patterns, pattern => covers(pattern, path)),
    '',
    (longest, pattern) => length(string(pattern)) > length(string(longest)) ? pattern : longest
  )

@description('Which of a route\'s paths one app answers: the route\'s own patterns below the app\'s paths, and the app\'s paths for which the route decides.')
@export()
func pathsOf(patterns string[], allPatterns string[], appPaths string[], allAppPaths string[]) string[] =>
  union(
    filter(patterns, pattern => contains(appPaths, decisive(pattern, allAppPaths))),
    filter(appPaths, path => contains(patterns, decisive(path, allPatterns)))
  )

type cache = {
  queryStringCachingBehavior: string
  queryParameters: string[]?
  isCompressionEnabled: bool
  cacheBehavior: string
  cacheDuration: string?
  *: string[]
}

type cacheAction = {
  queryStringCachingBehavior: string
  queryParameters: string?
  isCompressionEnabled: 'Enabled' | 'Disabled'
  cacheBehavior: string
  cacheDuration: string?
}

@description('A cache setting of the file as a rule\'s action wants it.')
@export()
func cacheOverride(cache cache) cacheAction => {
  queryStringCachingBehavior: cache.queryStringCachingBehavior
  queryParameters: contains(cache, 'queryParameters') ? join(cache.queryParameters!, ',') : null
  isCompressionEnabled: cache.isCompressionEnabled ? 'Enabled' : 'Disabled'
  cacheBehavior: cache.cacheBehavior
  cacheDuration: cache.?cacheDuration
}
