using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Tests.Reliability.Orders;

/// <summary>
/// A proxy between the worker and a storage service. It forwards all requests unchanged except the target of a <see cref="RequestTrap"/>.
/// </summary>
internal sealed class TrappingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client;

    private TrappingProxy(WebApplication app, HttpMessageInvoker client, Uri upstream)
    {
        _app = app;
        _client = client;
        var address = app.Urls.Single();
        Address = new Uri(new Uri(address), upstream.AbsolutePath);
    }

    /// <summary>The address of the proxy. The worker uses it in place of the service's address.</summary>
    public Uri Address { get; }

    public static async Task<TrappingProxy> StartAsync(Uri upstream, RequestTrap trap, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        });
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var destination = upstream.GetLeftPart(UriPartial.Authority);
        app.Run(async context =>
        {
            var armed = await trap.FindAsync(context.Request);
            if (armed is { Afterwards: false })
            {
                armed.Act(context);
                return;
            }

            await forwarder.SendAsync(context, destination, client, ForwarderRequestConfig.Empty, new Exact(destination, armed));
        });
        await app.StartAsync(cancellationToken);
        return new TrappingProxy(app, client, upstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private sealed class Exact(string destination, RequestTrap.Armed? armed) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = null;

            // The client has signed the request target with its original escapes, so the proxy must not normalize them.
            proxyRequest.RequestUri = new Uri(
                destination + httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (armed is null)
            {
                return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            }

            armed.Act(httpContext);
            return false;
        }
    }
}
