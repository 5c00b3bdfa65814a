using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Measurement;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Bench.Bodies;

/// <summary>
/// The <c>bodies</c> command, which sends bursts of large bodies to a running host and reports the memory of the host and of its worker.
/// </summary>
internal static class BodiesCommand
{
    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "The address of the host.",
            Required = true,
            HelpName = "URL",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address))
                {
                    return address;
                }

                result.AddError("--url must be an absolute URL, such as http://127.0.0.1:7071.");
                return null!;
            },
        };
        var token = new Option<string>("--token") { Description = "A token with the scope images.write.", Required = true };
        var host = new Option<int>("--host") { Description = "The process id of the host.", Required = true, HelpName = "PID" };
        var worker = new Option<int>("--worker") { Description = "The process id of the worker.", Required = true, HelpName = "PID" };
        var command = new Command(
            "bodies",
            "[1 minute] Sends bursts of large bodies to a host that is already running on this machine, such as Azure's host or LocalCloud, and "
            + "reports the peak memory of the host and of its worker during each burst. Works only on Linux.")
        {
            url, token, host, worker,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(url)!, parsed.GetValue(token)!, new(parsed.GetValue(host)), new(parsed.GetValue(worker)), cancellationToken));
        return command;
    }

    private static async Task RunAsync(Uri url, string token, ProcessMemory host, ProcessMemory worker, CancellationToken cancellationToken)
    {
        using var anyone = new HttpClient { BaseAddress = url };
        using var owner = new HttpClient { BaseAddress = url };
        owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (string Name, int Count, int Megabytes, Func<byte[], Task<string>> Send)[] bursts =
        [
            ("posted without a token", 6, 24, body => PostAsync(anyone, body, chunked: false, cancellationToken)),
            ("posted in chunks", 6, 24, body => PostAsync(owner, body, chunked: true, cancellationToken)),
            ("uploaded directly", 10, 25, body => UploadAsync(owner, body, cancellationToken)),
            ("posted without a token", 6, 8, body => PostAsync(anyone, body, chunked: false, cancellationToken)),
            ("posted", 10, 8, body => PostAsync(owner, body, chunked: false, cancellationToken)),
        ];
        var table = new MarkdownTable("Burst", "responses", "host before MB", "host peak MB", "worker before MB", "worker peak MB");
        foreach (var (name, count, megabytes, send) in bursts)
        {
            var body = ImageOf(megabytes * 1_000_000);
            host.ResetPeak();
            worker.ResetPeak();
            var (hostBefore, workerBefore) = (host.Megabytes, worker.Megabytes);
            var results = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => send(body)));

            // Images may still be processed, which is part of the worker's memory.
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            table.Add(
                $"{count} x {megabytes} MB {name}",
                string.Join(", ", results.GroupBy(result => result).Select(group => $"{group.Count()} x {group.Key}")),
                Text(hostBefore), Text(host.PeakMegabytes), Text(workerBefore), Text(worker.PeakMegabytes));
        }

        table.Write(Console.Out);
    }

    private static async Task<string> PostAsync(HttpClient client, byte[] body, bool chunked, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/images")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
        };
        request.Headers.TransferEncodingChunked = chunked;
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return Text((int)response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server refused the request and closed the connection before the client had sent the body.
            return "closed";
        }
    }

    private static async Task<string> UploadAsync(HttpClient client, byte[] body, CancellationToken cancellationToken)
    {
        using var offered = await client.PostAsync(
            "api/uploads", JsonContent.Create(new { contentType = "image/jpeg", bytes = body.Length }), cancellationToken);
        offered.EnsureSuccessStatusCode();
        var upload = (await offered.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
        using var put = new HttpRequestMessage(HttpMethod.Put, upload["uploadUrl"]!.GetValue<string>()) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in upload["headers"]!.AsObject())
        {
            put.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        }

        using var storage = new HttpClient();
        (await storage.SendAsync(put, cancellationToken)).EnsureSuccessStatusCode().Dispose();
        using var completed = await client.PostAsync($"api/uploads/{upload["id"]!.GetValue<string>()}/complete", null, cancellationToken);
        return Text((int)completed.StatusCode);
    }

    /// <summary>Creates a small JPEG that is padded to the given size. Decoders ignore the padding.</summary>
    private static byte[] ImageOf(int bytes)
    {
        using var image = new Image<Rgb24>(640, 480);
        using var jpeg = new MemoryStream();
        image.SaveAsJpeg(jpeg);
        var padded = new byte[bytes];
        new Random(1).NextBytes(padded);
        jpeg.ToArray().CopyTo(padded, 0);
        return padded;
    }

    private static string Text(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
