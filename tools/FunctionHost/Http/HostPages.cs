using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// The responses of Azure's host to requests that no function handles: its administration API and its home page. The administration API
/// requires the host's master key. This host has no keys, so every call except the ping gets 401.
/// </summary>
internal sealed class HostPages(bool homepageDisabled)
{
    private static readonly byte[] Homepage = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>FunctionHost</title></head>
        <body><p>The function app is running. Azure's host shows its own page here, unless AzureWebJobsDisableHomepage is true.</p></body></html>

        """);

    private static readonly HostRoute Ping = new("GET,POST", "admin/host/ping");

    /// <summary>The routes of the administration API, taken from the public source code of Azure's host. Other paths get 404.</summary>
    private static readonly HostRoute[] Protected =
    [
        new("GET", "admin/host/status"),
        new("GET", "admin/host/processes"),
        new("GET", "admin/host/config"),
        new("GET", "admin/host/drain/status"),
        new("POST", "admin/host/drain"),
        new("POST", "admin/host/resume"),
        new("POST", "admin/host/scale/status"),
        new("POST", "admin/host/log"),
        new("POST", "admin/host/debug"),
        new("POST", "admin/host/synctriggers"),
        new("POST", "admin/host/restart"),
        new("PUT", "admin/host/state"),
        new("GET", "admin/host/{keys}"),
        new("GET,POST,PUT,DELETE", "admin/host/{keys}/{name}"),
        new("GET,POST,PUT,DELETE", "admin/host/extensions/{id?}"),
        new("GET", "admin/functions"),
        new("GET,POST,PUT,DELETE", "admin/functions/{name}"),
        new("GET", "admin/functions/{name}/status"),
        new("GET", "admin/functions/{name}/keys"),
        new("GET,POST,PUT,DELETE", "admin/functions/{name}/keys/{key}"),
        new("GET", "admin/instance/info"),
        new("GET", "admin/instance/http-health"),
        new("POST", "admin/instance/assign"),
        new("", "runtime/webhooks/{extension}/{*rest}"),
    ];

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        if (Ping.Matches(context.Request))
        {
            response.Headers.CacheControl = "no-store,no-cache";
            response.Headers.Pragma = "no-cache";
            return;
        }

        if (Protected.Any(route => route.Matches(context.Request)))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = "Bearer";
            return;
        }

        await next(context);
        if (context.Request.Path == "/" && context.Features.Get<FunctionDescription>() is null && !response.HasStarted)
        {
            await WriteHomepageAsync(context);
        }
    }

    private async Task WriteHomepageAsync(HttpContext context)
    {
        var response = context.Response;
        response.Clear();
        if (homepageDisabled)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/html";
        response.ContentLength = Homepage.Length;
        await response.Body.WriteAsync(Homepage, context.RequestAborted);
    }

    private sealed class HostRoute(string methods, string template)
    {
        private readonly string[] _methods = methods.Split(',', StringSplitOptions.RemoveEmptyEntries);
        private readonly TemplateMatcher _matcher = new(TemplateParser.Parse(template), []);

        /// <summary>
        /// Whether the path must name one of the three kinds of keys. TemplateMatcher cannot check this, because it ignores route
        /// constraints.
        /// </summary>
        private readonly bool _keys = template.Contains("{keys}", StringComparison.Ordinal);

        public bool Matches(HttpRequest request)
        {
            var values = new RouteValueDictionary();
            return (_methods.Length == 0 || _methods.Contains(request.Method, StringComparer.Ordinal))
                && _matcher.TryMatch(request.Path, values)
                && (!_keys || values["keys"] is "keys" or "functionkeys" or "systemkeys");
        }
    }
}
