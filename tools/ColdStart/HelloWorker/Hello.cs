using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.HelloWorker;

/// <summary>
/// The HTTP function from the Functions templates. It is the project's only function, so the project shows how short the cold start of
/// an isolated worker can be.
/// </summary>
public static class Hello
{
    [Function("Hello")]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest request) =>
        new OkObjectResult("Welcome to Azure Functions!");
}
