// Translates edge-rules.json for Azure Resource Manager. The file already uses Front Door's terms (docs/edge.md). This module adds the
// type name of each condition and action, and it assigns each path to an app.

@description('The content of edge-rules.json, which LocalCloud reads too.')
@export()
var rules = any(loadJsonContent('edge-rules.json'))

@description('The type name of each condition. Some type names differ from the name of the condition.')
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

@description('The type name of each action whose parameters need no further translation.')
@export()
var actionTypes = {
  ModifyRequestHeader: 'DeliveryRuleHeaderActionParameters'
  ModifyResponseHeader: 'DeliveryRuleHeaderActionParameters'
  UrlRedirect: 'DeliveryRuleUrlRedirectActionParameters'
  UrlRewrite: 'DeliveryRuleUrlRewriteActionParameters'
}

@description('Whether a path pattern matches everything that the path or pattern given as path matches.')
@export()
func covers(pattern string, path string) bool =>
  pattern == path || (endsWith(pattern, '/*') && startsWith(path, substring(pattern, 0, max(0, length(pattern) - 1))))

@description('The pattern by which Front Door routes a path: the longest pattern that covers the path.')
func decisive(path string, patterns string[]) string =>
  reduce(
    filter(patterns, pattern => covers(pattern, path)),
    '',
    (longest, pattern) => length(string(pattern)) > length(string(longest)) ? pattern : longest
  )

@description('The paths of a route that belong to one app: the route\'s patterns that lie below the app\'s paths, and the app\'s paths that Front Door routes by this route.')
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

@description('Translates a cache setting of the file to the form that a rule\'s action needs.')
@export()
func cacheOverride(cache cache) cacheAction => {
  queryStringCachingBehavior: cache.queryStringCachingBehavior
  queryParameters: contains(cache, 'queryParameters') ? join(cache.queryParameters!, ',') : null
  isCompressionEnabled: cache.isCompressionEnabled ? 'Enabled' : 'Disabled'
  cacheBehavior: cache.cacheBehavior
  cacheDuration: cache.?cacheDuration
}
