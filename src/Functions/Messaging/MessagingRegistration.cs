using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Functions.Messaging;

internal static class MessagingRegistration
{
    /// <summary>Adds the event queue and the dispatcher that passes its events to every registered <see cref="IEventHandler"/>.</summary>
    public static IHostApplicationBuilder AddMessaging(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EventQueue>();
        builder.Services.AddSingleton<EventDispatch>();
        builder.Services.AddSingleton<PoisonedMessages>();
        return builder;
    }

    /// <summary>Adds the middleware that continues the trace of a queue message.</summary>
    public static FunctionsApplicationBuilder AddMessageTracing(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<MessageTracingMiddleware>();
        return builder;
    }
}
