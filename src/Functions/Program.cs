using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Functions.Health;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Images;
using ServerlessScale.Functions.Storage;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// Each adds its middleware inside of those above it.
builder.AddProblems();
builder.AddIdentity();
builder.AddStorageClients();
builder.AddHealth();
builder.AddImages();

builder.Build().Run();
