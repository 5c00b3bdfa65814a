using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Functions.Messaging;

internal static class MessagingRegistration
{
    /// <summary>The event queue and its dispatch; capabilities that act on events register an <see cref="IEventHandler"/>.</summary>
    public static IHostApplicationBuilder AddMessaging(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EventQueue>();
        builder.Services.AddSingleton<EventDispatch>();
        return builder;
    }
}
