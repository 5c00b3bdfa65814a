using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>Generates a C# client with NSwag from the served description, compiles it together with CSharpJourney.cs, and runs the journey.</summary>
public sealed class CSharpClientTests(ClientCloud cloud) : IClassFixture<ClientCloud>
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_generated_client_gets_a_verified_delivery()
    {
        using var client = cloud.Cloud.CreateClient();
        var generated = await GenerateAsync(await client.GetStringAsync("/api/openapi.json", Ct));
        var journey = Compile(
            generated,
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Clients", "CSharpJourney.cs"), Ct),
            await File.ReadAllTextAsync(Path.Combine(ClientCloud.Root, "docs", "webhooks", "WebhookVerifier.cs"), Ct),
            await File.ReadAllTextAsync(Path.Combine(ClientCloud.Root, "examples", "csharp", "SizeUrl.cs"), Ct));
        await using var receiver = await Receiver.StartAsync();

        var run = journey.GetType("CSharpJourney", throwOnError: true)!.GetMethod("RunAsync")!.CreateDelegate<Journey>();
        var order = await run(
            new Uri(cloud.Address),
            cloud.Cloud.Token(ClientCloud.NewCustomer()),
            cloud.Cloud.SizeKey,
            await File.ReadAllBytesAsync(Path.Combine(ClientCloud.Root, "docs", "sample.jpg"), Ct),
            receiver.Url,
            async () => (await receiver.ReceiveAsync(1)).Select(request => (request.Id, request.Timestamp, request.Signature, request.Body)).Single());

        Assert.StartsWith("ord_", order, StringComparison.Ordinal);
    }

    /// <returns>The id of the order about which the receiver has received a signed event.</returns>
    private delegate Task<string> Journey(
        Uri shop, string token, string sizeKey, byte[] picture, Uri receiver, Func<Task<(string Id, string Timestamp, string Signature, byte[] Body)>> receive);

    private static async Task<string> GenerateAsync(string description)
    {
        var document = await OpenApiDocument.FromJsonAsync(description, Ct);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "ShopClient",
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
            UseBaseUrl = false,
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings =
            {
                Namespace = "Shop",
                // System.Text.Json ignores the attributes in which NSwag puts the names of enumeration members, such as image/jpeg.
                JsonLibrary = CSharpJsonLibrary.NewtonsoftJson,
                GenerateNullableReferenceTypes = true,
                GenerateOptionalPropertiesAsNullable = true,
            },
        };
        return new CSharpClientGenerator(document, settings).GenerateFile();
    }

    private static Assembly Compile(params string[] sources)
    {
        var compilation = CSharpCompilation.Create(
            "ShopJourney",
            sources.Prepend("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
                + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;")
                .Select(source => CSharpSyntaxTree.ParseText(source, Language)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();

        var result = compilation.Emit(assembly);

        Assert.Empty(result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString()));
        return AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(assembly.ToArray()));
    }
}
