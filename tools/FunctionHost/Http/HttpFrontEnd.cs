using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// The HTTP server that clients connect to. It routes requests to HTTP functions by the route prefix in host.json and the route templates
/// of the triggers. Like Azure's host (4.1037), it tries the functions in the order of their names, and calls the first function whose
/// route and methods match the request. A request that matches no function gets 404 without a body.
/// </summary>
internal sealed class HttpFrontEnd : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpFrontEnd(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    public Uri Address { get; }

    /// <exception cref="FunctionHostException">The port is in use, or a route cannot be parsed.</exception>
    public static async Task<HttpFrontEnd> StartAsync(
        HttpFrontEndOptions options, IEnumerable<FunctionDescription> functions, Func<IHttpForwarder, HttpInvocations> invocations,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.Services.AddRouting();
        builder.Services.AddCors();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var http = invocations(app.Services.GetRequiredService<IHttpForwarder>());
        if (options.BeforeFunctions is { } first)
        {
            app.Use(next => context => first(context, next));
        }

        app.Use(new HostPages(options.HomepageDisabled).InvokeAsync);
        if (options.CorsOrigins.Count > 0)
        {
            // The host itself responds to preflight requests, so the app never receives them.
            app.UseCors(policy =>
            {
                policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().AllowAnyMethod();
                if (options.CorsCredentials)
                {
                    policy.AllowCredentials();
                }
            });
        }

        app.UseRouter(await RoutesAsync(app, options.RoutePrefix, functions, http));

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await app.DisposeAsync();
            var reason = exception is IOException ? "is in use" : $"cannot be used ({exception.Message})";
            throw new FunctionHostException($"Port {options.Port} {reason}. Choose another port, or 0 for a free port.", exception);
        }

        var address = app.Urls.Single();
        return new(app, new Uri(address));
    }

    /// <summary>Stops accepting connections, and waits until the running requests have completed.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// Returns the routes in the order in which they are compared with a request. Azure's host sorts by the functions' names without
    /// regard to case (FunctionMetadataManager), and uses the same classes of ASP.NET Core (WebScriptHostHttpRoutesManager).
    /// </summary>
    private static async Task<RouteCollection> RoutesAsync(
        WebApplication app, string routePrefix, IEnumerable<FunctionDescription> functions, HttpInvocations http)
    {
        var constraints = app.Services.GetRequiredService<IInlineConstraintResolver>();
        var routes = new RouteCollection();
        foreach (var function in functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (function.Trigger is not HttpTrigger trigger)
            {
                continue;
            }

            var methods = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
            if (trigger.Methods.Count > 0)
            {
                methods["httpMethod"] = new HttpMethodRouteConstraint([.. trigger.Methods]);
            }

            try
            {
                routes.Add(new Route(
                    new RouteHandler(context => http.InvokeAsync(context, function)),
                    function.Name,
                    $"{routePrefix}/{trigger.Route.TrimStart('/')}".TrimStart('/'),
                    defaults: null,
                    methods,
                    dataTokens: null,
                    constraints));
            }
            catch (Exception exception) when (exception is RouteCreationException or ArgumentException)
            {
                await app.DisposeAsync();
                throw new FunctionHostException(
                    $"The route of {function.Name} is invalid: {(exception.InnerException ?? exception).Message}", exception);
            }
        }

        return routes;
    }
}
