using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// The HTTP server that clients connect to. It routes requests to HTTP functions by the route prefix in host.json and the route templates
/// of the triggers. Like Azure's host, it uses ASP.NET Core's routing.
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
        int port, string routePrefix, IEnumerable<FunctionDescription> functions, Func<IHttpForwarder, HttpInvocations> invocations,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Request bodies are streamed to the worker, which enforces its own limits.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var http = invocations(app.Services.GetRequiredService<IHttpForwarder>());
        app.Use(HostProblems.DescribeRoutingErrorAsync);
        app.UseRouting();
        IEndpointRouteBuilder endpoints = app;
        endpoints.DataSources.Add(new DefaultEndpointDataSource(functions
            .Where(function => function.Trigger is HttpTrigger)
            .Select(function => Endpoint(routePrefix, function, http))));

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            await app.DisposeAsync();
            throw new FunctionHostException($"Port {port} is in use. Choose another port, or 0 for a free port.", exception);
        }

        var address = app.Urls.Single();
        return new(app, new Uri(address));
    }

    /// <summary>Stops accepting connections, and waits until the running requests have completed.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Endpoint Endpoint(string routePrefix, FunctionDescription function, HttpInvocations http)
    {
        var trigger = (HttpTrigger)function.Trigger;
        RoutePattern pattern;
        try
        {
            pattern = RoutePatternFactory.Parse($"{routePrefix}/{trigger.Route.TrimStart('/')}");
        }
        catch (RoutePatternException exception)
        {
            throw new FunctionHostException($"The route of {function.Name} is invalid: {exception.Message}", exception);
        }

        var endpoint = new RouteEndpointBuilder(context => http.InvokeAsync(context, function), pattern, order: 0)
        {
            DisplayName = function.Name,
            Metadata = { function },
        };
        if (trigger.Methods.Count > 0)
        {
            endpoint.Metadata.Add(new HttpMethodMetadata(trigger.Methods));
        }

        return endpoint.Build();
    }
}
