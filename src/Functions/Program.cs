using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Functions;
using ServerlessScale.Functions.Cart;
using ServerlessScale.Functions.Catalogue;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Functions.Edge;
using ServerlessScale.Functions.Experiments;
using ServerlessScale.Functions.Fallback;
using ServerlessScale.Functions.Health;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Images;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Functions.Page;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Functions.Telemetry;
using ServerlessScale.Functions.Webhooks;

var timeline = new StartupTimeline(TimeProvider.System);
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// The order of these calls matters, because each call adds middleware that runs inside the middleware added before it.
builder.AddColdStarts(timeline);
builder.AddMessageTracing();
builder.AddExperiments();
builder.AddStorageWait();
builder.AddProblems();
builder.AddEdge();
builder.AddIdentity();
builder.AddIdempotency();

builder.Services.AddLazy();
builder.AddLogLevels();
builder.AddTelemetry();
builder.AddStorageClients();
builder.AddHealth();
builder.AddMessaging();
builder.AddImages();
builder.AddCatalogue();
builder.AddOrders();
builder.AddWebhooks();
builder.AddCart();
builder.AddPage();
builder.AddFallback();

var host = builder.Build();
timeline.HostBuilt();
host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(timeline.StreamOpened);
host.Run();
