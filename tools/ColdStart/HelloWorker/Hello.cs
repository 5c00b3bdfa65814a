using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.HelloWorker;

/// <summary>What the Functions templates make of an HTTP trigger, and nothing else: the least that an isolated worker can be.</summary>
public static class Hello
{
    [Function("Hello")]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest request) =>
        new OkObjectResult("Welcome to Azure Functions!");
}
