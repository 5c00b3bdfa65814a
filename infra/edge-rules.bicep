// Translates edge-rules.json for Azure Resource Manager. The file already uses Front Door's names (docs/edge.md). This module adds the
// type name of each condition and action, and assigns each path to an app.

@description('The content of edge-rules.json, which LocalCloud also reads.')
@export()
var rules = any(loadJsonContent('edge-rules.json'))

@description('The type name of each condition. Some type names differ from the names of their conditions.')
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

@description('The type names of the actions whose parameters need no translation.')
@export()
var actionTypes = {
  ModifyRequestHeader: 'DeliveryRuleHeaderActionParameters'
  ModifyResponseHeader: 'DeliveryRuleHeaderActionParameters'
  UrlRedirect: 'DeliveryRuleUrlRedirectActionParameters'
  UrlRewrite: 'DeliveryRuleUrlRewriteActionParameters'
}

@description('Returns whether a pattern matches every URL path that the parameter path matches. The parameter can be a path or a pattern.')
@export()
func covers(pattern string, path string) bool =>
  pattern == path || (endsWith(pattern, '/*') && startsWith(path, substring(pattern, 0, max(0, length(pattern) - 1))))

@description('Returns the pattern that decides how Front Door routes a path: the longest pattern that covers the path.')
func decisive(path string, patterns string[]) string =>
  reduce(
    filter(patterns, pattern => covers(pattern, path)),
    '',
    (longest, pattern) => length(string(pattern)) > length(string(longest)) ? pattern : longest
  )

@description('Returns the paths of a route that belong to one app. They are the route\'s patterns that lie below the app\'s paths, and the app\'s paths to which Front Door applies this route.')
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

@description('Translates a cache setting from the file to the form that a rule\'s action requires.')
@export()
func cacheOverride(cache cache) cacheAction => {
  queryStringCachingBehavior: cache.queryStringCachingBehavior
  queryParameters: contains(cache, 'queryParameters') ? join(cache.queryParameters!, ',') : null
  isCompressionEnabled: cache.isCompressionEnabled ? 'Enabled' : 'Disabled'
  cacheBehavior: cache.cacheBehavior
  cacheDuration: cache.?cacheDuration
}
