using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Tests.Unit.ColdStarts;

/// <summary>
/// An invocation context for a function named Resize. If the trigger is HTTP, the invocation context contains the HTTP context.
/// </summary>
internal sealed class TestFunctionContext : FunctionContext
{
    public TestFunctionContext(string trigger, HttpContext? http = null)
    {
        FunctionDefinition = new Definition(trigger);
        if (http is not null)
        {
            // The ASP.NET Core integration stores the HTTP context under this key.
            Items["HttpRequestContext"] = http;
        }
    }

    public override string InvocationId => "1";

    public override string FunctionId => "Resize";

    public override TraceContext TraceContext => throw new NotSupportedException();

    public override BindingContext BindingContext => throw new NotSupportedException();

    public override RetryContext RetryContext => throw new NotSupportedException();

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition { get; }

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features => throw new NotSupportedException();

    private sealed class Definition(string trigger) : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];

        public override string PathToAssembly => "";

        public override string EntryPoint => "";

        public override string Id => "Resize";

        public override string Name => "Resize";

        public override IImmutableDictionary<string, BindingMetadata> InputBindings =>
            ImmutableDictionary<string, BindingMetadata>.Empty.Add("trigger", new Binding(trigger));

        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    private sealed class Binding(string type) : BindingMetadata
    {
        public override string Name => "trigger";

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
