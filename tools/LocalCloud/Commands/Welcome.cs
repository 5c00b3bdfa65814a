using System.Data.Common;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Topologies;
using Spectre.Console;

namespace ServerlessScale.Local.Commands;

/// <summary>Prints the cloud's addresses, a token, and sample commands to copy when the cloud is ready.</summary>
internal static class Welcome
{
    private const string Mugs = """{"quantity":2}""";
    private const string Json = "-H \"Content-Type: application/json\"";
    private const string Sample = "docs/sample.jpg";

    private const string Product = """{"name":"Mug","description":"A blue mug","price":1250,"currency":"EUR","active":true}""";
    private const string Order = """{"lines":[{"sku":"mug-1","quantity":2}]}""";

    /// <summary>A console width that no line reaches. Commands are therefore not wrapped and can be copied.</summary>
    private const int NeverWrap = 10_000;

    public static void Write(IAnsiConsole console, LocalCloud cloud, RunOptions run)
    {
        var token = cloud.Token();
        console.Profile.Width = NeverWrap;
        var url = cloud.BaseAddress.GetLeftPart(UriPartial.Authority);
        console.WriteLine();
        console.MarkupLineInterpolated(
            $"[bold]ServerlessScale[/] is running at [link={url}]{url}[/] and stores its data in {run.DataDirectory}.");
        console.MarkupLineInterpolated($"Open [link={url}]{url}[/] in a browser to see the shop. You are signed in as customer {DevelopmentTokens.DefaultCustomer}.");
        if (cloud.LabToken is not null)
        {
            console.MarkupLineInterpolated($"Open [link={url}/lab]{url}/lab[/] to see the running system, and to try each idea of scaling by a button.");
        }

        if (cloud.Dashboard is { Address: var dashboard })
        {
            console.MarkupLineInterpolated($"Open [link={dashboard}]{dashboard}[/] to see the traces, metrics and logs of all workers.");
        }

        console.MarkupLineInterpolated($"[grey]Liveness {url}/api/health/live, readiness {url}/api/health/ready.[/]");
        var storage = new DbConnectionStringBuilder { ConnectionString = cloud.StorageConnectionString };
        console.MarkupLineInterpolated(
            $"[grey]Azurite: blobs {storage["BlobEndpoint"]}, queues {storage["QueueEndpoint"]}, tables {storage["TableEndpoint"]}.[/]");
        if (cloud.Cosmos is { } cosmos)
        {
            var regions = cosmos.Regions.All;
            var endpoints = regions.Count == 1 ? "" : $" ({string.Join(", ", regions.Select(region => $"{region.Name} {region.Endpoint}"))})";
            console.MarkupLineInterpolated($"[grey]StrictCosmos: {cosmos.Endpoint}{endpoints}, for orders. Status: {cosmos.Endpoint}_strict/status.[/]");
        }

        if (cloud.Redis is { } redis)
        {
            console.MarkupLineInterpolated($"[grey]Redis: {redis.ConnectionString}, for carts.[/]");
        }

        if (run.Topology == Topology.Microservices)
        {
            console.MarkupLineInterpolated(
                $"[grey]Apps: {string.Join(", ", cloud.Apps)}. The X-Instance-Id of each response begins with the name of the app.[/]");
        }

        if (cloud.LabToken is not null)
        {
            console.MarkupLine("[grey]The experiments in a terminal: dotnet run --project tools/LocalCloud -- lab --list[/]");
        }

        console.MarkupLine("[grey]Ctrl-C stops everything.[/]");
        console.WriteLine();
        var photograph = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(run.Repository, Sample));
        var receiver = run.AllowPrivateWebhooks ? "http://127.0.0.1:9000/webhooks" : "https://example.com/webhooks";
        foreach (var (what, command) in OperatingSystem.IsWindows() ? PowerShell(url, token, photograph, receiver) : Shell(url, token, photograph, receiver))
        {
            console.MarkupLineInterpolated($"[grey]# {what}[/]");
            console.WriteLine(command);
        }

        if (cloud.LabToken is { } lab)
        {
            console.MarkupLine("[grey]# see the state of the edge, of the instances and of the queues; the token is new for each run[/]");
            console.WriteLine($"{(OperatingSystem.IsWindows() ? "curl.exe" : "curl")} -s {url}/_local/state -H \"Authorization: Bearer {lab}\"");
        }

        console.WriteLine();
    }

    private static IEnumerable<(string What, string Command)> Shell(string url, string token, string photograph, string receiver) =>
    [
        ("a development token for customer c1, with all scopes, valid for twelve hours", $"TOKEN={token}"),
        ("upload a photograph directly to storage: request an upload URL, send the file to the URL, and complete the upload",
            $"UPLOAD=$(curl -s {url}/api/uploads -H \"Authorization: Bearer $TOKEN\" {Json} "
            + $"-d \"{{\\\"contentType\\\":\\\"image/jpeg\\\",\\\"bytes\\\":$(wc -c < \"{photograph}\")}}\")\n"
            + "ID=$(echo \"$UPLOAD\" | sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/')\n"
            + $"curl -s -T \"{photograph}\" -H \"x-ms-blob-type: BlockBlob\" "
            + "\"$(echo \"$UPLOAD\" | sed 's/.*\"uploadUrl\":\"\\([^\"]*\\)\".*/\\1/; s/\\\\u0026/\\&/g')\"\n"
            + $"curl -s -X POST {url}/api/uploads/$ID/complete -H \"Authorization: Bearer $TOKEN\""),
        ("get its status and variants", $"curl -s {url}/api/images/$ID"),
        ("open a variant in the browser", $"{(OperatingSystem.IsMacOS() ? "open" : "xdg-open")} {url}/images/$ID/960.webp"),
        ("add a product to the catalogue",
            $"curl -si -X PUT {url}/api/products/mug-1 -H \"Authorization: Bearer $TOKEN\" {Json} -H \"If-None-Match: *\" -d '{Product}'"),
        ("place an order; repeating the request with the same key returns the first response and does not place a second order",
            $"curl -si {url}/api/orders -H \"Authorization: Bearer $TOKEN\" -H \"Content-Type: application/json\" -H \"Idempotency-Key: first\" -d '{Order}'"),
        ("list your orders, newest first", $"curl -s {url}/api/orders -H \"Authorization: Bearer $TOKEN\""),
        ("put two mugs into a cart; curl stores the cart cookie in cart.txt",
            $"curl -s -c cart.txt -b cart.txt -X PUT {url}/api/cart/lines/mug-1 {Json} -d '{Mugs}'"),
        ("check out; even concurrent checkouts of the same cart place only one order",
            $"curl -si -c cart.txt -b cart.txt -X POST {url}/api/cart/checkout -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: cart-1\""),
        ("send every event to your own webhook receiver",
            $"curl -s {url}/api/webhooks/endpoints -H \"Authorization: Bearer $TOKEN\" -H \"Content-Type: application/json\" -d '{{\"url\":\"{receiver}\"}}'"),
    ];

    /// <summary>
    /// The commands for PowerShell. They use the name curl.exe, because <c>curl</c> is an alias for another command in Windows PowerShell.
    /// </summary>
    private static IEnumerable<(string What, string Command)> PowerShell(string url, string token, string photograph, string receiver) =>
    [
        ("a development token for customer c1, with all scopes, valid for twelve hours", $"$TOKEN = '{token}'"),
        ("upload a photograph directly to storage: request an upload URL, send the file to the URL, and complete the upload",
            $"$UPLOAD = Invoke-RestMethod {url}/api/uploads -Method Post -ContentType application/json "
            + $"-Headers @{{ Authorization = \"Bearer $TOKEN\" }} "
            + $"-Body \"{{`\"contentType`\":`\"image/jpeg`\",`\"bytes`\":$((Get-Item '{photograph}').Length)}}\"\n"
            + $"$ID = $UPLOAD.id\n"
            + $"curl.exe -s -T \"{photograph}\" -H \"x-ms-blob-type: BlockBlob\" $UPLOAD.uploadUrl\n"
            + $"curl.exe -s -X POST {url}/api/uploads/$ID/complete -H \"Authorization: Bearer $TOKEN\""),
        ("get its status and variants", $"curl.exe -s {url}/api/images/$ID"),
        ("open a variant in the browser", $"Start-Process {url}/images/$ID/960.webp"),
        ("add a product to the catalogue",
            $"Invoke-RestMethod {url}/api/products/mug-1 -Method Put -ContentType application/json "
            + $"-Headers @{{ Authorization = \"Bearer $TOKEN\"; 'If-None-Match' = '*' }} -Body '{Product}'"),
        // This command uses Invoke-RestMethod instead of curl.exe, because Windows PowerShell removes quotes from program arguments.
        ("place an order; repeating the request with the same key returns the first response and does not place a second order",
            $"Invoke-RestMethod {url}/api/orders -Method Post -ContentType application/json "
            + $"-Headers @{{ Authorization = \"Bearer $TOKEN\"; 'Idempotency-Key' = 'first' }} -Body '{Order}'"),
        ("list your orders, newest first", $"curl.exe -s {url}/api/orders -H \"Authorization: Bearer $TOKEN\""),
        // This command uses curl.exe, because PowerShell does not send Secure cookies over plain HTTP. The body is read from standard
        // input, because Windows PowerShell would remove its quotes.
        ("put two mugs into a cart; curl stores the cart cookie in cart.txt",
            $"'{Mugs}' | curl.exe -s -c cart.txt -b cart.txt -X PUT {url}/api/cart/lines/mug-1 {Json} -d '@-'"),
        ("check out; even concurrent checkouts of the same cart place only one order",
            $"curl.exe -si -c cart.txt -b cart.txt -X POST {url}/api/cart/checkout -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: cart-1\""),
        ("send every event to your own webhook receiver",
            $"Invoke-RestMethod {url}/api/webhooks/endpoints -Method Post -Headers @{{ Authorization = \"Bearer $TOKEN\" }} -ContentType application/json "
            + $"-Body '{{\"url\":\"{receiver}\"}}'"),
    ];
}
