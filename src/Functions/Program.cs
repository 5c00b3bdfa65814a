using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Functions.Images;
using ServerlessScale.Functions.Storage;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

builder.AddStorageClients();
builder.AddImages();

builder.Build().Run();
