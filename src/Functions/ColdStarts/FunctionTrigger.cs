using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>What starts a function, in the words of OpenTelemetry's <c>faas.trigger</c>.</summary>
internal static class FunctionTrigger
{
    public static string Of(FunctionDefinition function)
    {
        foreach (var binding in function.InputBindings.Values)
        {
            switch (binding.Type.ToLowerInvariant())
            {
                case "httptrigger":
                    return "http";
                case "timertrigger":
                    return "timer";
                case "queuetrigger" or "servicebustrigger" or "eventhubtrigger" or "eventgridtrigger":
                    return "pubsub";
                case "blobtrigger" or "cosmosdbtrigger":
                    return "datasource";
            }
        }

        return "other";
    }
}
