using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.Webhooks;

/// <summary>Reads every delivery whole and answers as many bytes as the path says. It ends when its standard input does.</summary>
internal static class Receiver
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var answers = new Dictionary<string, byte[]>();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            byte[]? answer;
            lock (answers)
            {
                var path = context.Request.Path.Value!;
                if (!answers.TryGetValue(path, out answer))
                {
                    answers[path] = answer = new byte[int.Parse(path.AsSpan(1), CultureInfo.InvariantCulture)];
                }
            }

            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadToEndAsync(cancellationToken);
    }
}
