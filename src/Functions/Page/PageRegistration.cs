using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;

namespace ServerlessScale.Functions.Page;

internal static class PageRegistration
{
    /// <summary>Adds the page: the <c>Page:*</c> settings and the services that serve the page's files and configuration.</summary>
    public static IHostApplicationBuilder AddPage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PageOptions>().BindConfiguration(PageOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PageOptions>, PageOptionsValidator>();
        builder.Services.AddSingleton(_ => new PageFiles());
        builder.Services.AddSingleton<PagePolicy>();
        builder.Services.AddSingleton(services => new PageSignIn(
            services.GetRequiredService<IOptions<PageOptions>>(),
            services.GetRequiredService<IOptions<AuthenticationOptions>>(),
            services.GetRequiredService<IHostEnvironment>()));
        return builder;
    }
}
