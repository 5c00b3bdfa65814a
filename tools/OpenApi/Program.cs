using System.Text;
using Microsoft.OpenApi;
using ServerlessScale.OpenApi;

// The app's build runs this tool: it reads the compiled app, and writes the API description beside it (docs/api.md).
if (args is not [var app, var output])
{
    Console.Error.WriteLine("""
        Writes the OpenAPI 3.1 description of a built function app.

        Usage: dotnet run --project tools/OpenApi -- <path of ServerlessScale.Functions.dll> <output file>

        Exit codes: 0 written; 1 the code describes an operation incompletely, or the description is not valid; 2 wrong arguments.
        """);
    return 2;
}

try
{
    var json = ApiDescription.Of(LoadedApp.From(app)).ToJsonString();
    var read = await OpenApiDocument.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), OpenApiConstants.Json);
    var errors = read.Diagnostic?.Errors ?? [];
    foreach (var error in errors)
    {
        Console.Error.WriteLine($"{output}: error: {error.Pointer}: {error.Message}");
    }

    if (errors.Count > 0 || read.Document is null)
    {
        return 1;
    }

    await File.WriteAllTextAsync(output, await read.Document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or IOException)
{
    // MSBuild shows a line in this format as an error of the build.
    Console.Error.WriteLine($"{Path.GetFileName(app)}: error: {e.Message}");
    return 1;
}
