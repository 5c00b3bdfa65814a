using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace ServerlessScale.OpenApi;

/// <summary>
/// Creates the JSON schemas (draft 2020-12) of bodies from the app's source-generated serialization metadata. Each object type becomes a
/// component, and its comments and validation attributes become descriptions and constraints.
/// </summary>
internal sealed partial class Schemas(LoadedApp app, XmlComments comments)
{
    private readonly List<JsonSerializerContext> _contexts =
    [
        .. app.Types()
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)) && !type.IsAbstract)
            .Select(type => (JsonSerializerContext)type.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!),
    ];

    private readonly Dictionary<string, (Type Type, bool IsRequest)> _names = [];

    /// <summary>The schemas by component name.</summary>
    public SortedDictionary<string, JsonNode> Components { get; } = new(StringComparer.Ordinal);

    /// <returns>A reference to the component of a type, which is created if it does not exist.</returns>
    /// <param name="type">A type that one of the app's serialization contexts lists.</param>
    /// <param name="isRequest">
    /// Whether clients send the body. Unknown members of a request are errors. A response omits members that are null, and a client must
    /// ignore members that it does not know.
    /// </param>
    /// <exception cref="InvalidOperationException">No serialization context lists the type.</exception>
    public JsonObject Reference(Type type, bool isRequest)
    {
        var context = _contexts.FirstOrDefault(context => context.GetTypeInfo(type) is not null)
            ?? throw new InvalidOperationException($"{type} is in no JsonSerializerContext of the app. Add it to the context of its capability.");
        return Reference(context.GetTypeInfo(type)!, isRequest);
    }

    private JsonObject Reference(JsonTypeInfo info, bool isRequest)
    {
        var name = NameOf(info.Type, isRequest);
        if (_names.TryAdd(name, (info.Type, isRequest)))
        {
            var schema = (JsonObject)info.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, node) => Transform(context, node, isRequest),
            });
            Complete(schema, info, isRequest);
            Components.Add(name, schema);
        }

        return Reference(name);
    }

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    /// <summary>Names a component after its type. A type that clients both send and receive has a second component for requests.</summary>
    private string NameOf(Type type, bool isRequest)
    {
        var name = type.IsNested ? type.DeclaringType!.Name + type.Name : type.Name;
        name = name.EndsWith("View", StringComparison.Ordinal) ? name[..^4] : name;
        if (_names.TryGetValue(name, out var taken) && taken != (type, isRequest))
        {
            name = taken.Type == type ? name + (isRequest ? "Request" : "Response") : type.Name;
        }

        return name;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, bool isRequest)
    {
        var nested = context.Path.Length > 0;
        if (node is not JsonObject schema)
        {
            if (context.TypeInfo.Type == typeof(DateTimeOffset))
            {
                // The exporter does not know which values the app's own converter of times accepts.
                return Described(new JsonObject { ["type"] = "string", ["format"] = "date-time" }, context.PropertyInfo, isRequest);
            }

            // The exporter describes a value of any type, such as JsonElement, as true.
            return nested ? Described(new JsonObject(), context.PropertyInfo, isRequest) : node;
        }

        var nullable = AllowsNull(schema);
        if (nested && context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.TypeInfo.Type.Assembly != typeof(object).Assembly)
        {
            schema = Reference(context.TypeInfo, isRequest);
            if (nullable && isRequest)
            {
                schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
            }
        }
        else if (nested)
        {
            if (nullable && !isRequest && !WritesNull(context.TypeInfo))
            {
                RemoveNull(schema);
            }

            AddTypeAndFormat(schema, context.TypeInfo.Type);
        }

        return nested ? Described(schema, context.PropertyInfo, isRequest) : schema;
    }

    private JsonObject Described(JsonObject schema, JsonPropertyInfo? property, bool isRequest)
    {
        if (property?.AttributeProvider is not PropertyInfo member)
        {
            return schema;
        }

        if (comments.Of(member) is { } description)
        {
            // Responses omit members that are null.
            schema["description"] = isRequest ? description : NullWhen().Replace(description, match => match.Value[0] == 'N' ? "Absent " : "absent ");
        }

        Constrain(schema, member.GetCustomAttributes<ValidationAttribute>());
        if (member.Attribute("MemberLimits") is { } limits)
        {
            schema["propertyNames"] = StringOf(limits, "MaxNameLength", "NamePattern");
            schema["additionalProperties"] = StringOf(limits, "MaxValueLength", "ValuePattern");
        }

        return schema;
    }

    /// <summary>Adds the constraints of validation attributes to a schema. The app itself never evaluates these attributes.</summary>
    /// <exception cref="InvalidOperationException">JSON Schema has no counterpart of an attribute.</exception>
    public static void Constrain(JsonObject schema, IEnumerable<ValidationAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            Constrain(schema, attribute);
        }
    }

    /// <returns>
    /// The names of an enumeration's members in JSON (<see cref="JsonStringEnumMemberNameAttribute"/>), or the values of a class's string
    /// constants.
    /// </returns>
    public static JsonArray NamesOf(Type type) => new(
    [
        .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => type.IsEnum || field is { IsLiteral: true } && field.FieldType == typeof(string))
            .Select(field => (JsonNode)(type.IsEnum
                ? field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name
                : (string)field.GetRawConstantValue()!)),
    ]);

    private static JsonObject StringOf(CustomAttributeData limits, string maxLength, string pattern) => new()
    {
        ["type"] = "string",
        ["maxLength"] = limits.Property<int>(maxLength),
        ["pattern"] = limits.Property<string>(pattern),
    };

    private static void Constrain(JsonObject schema, ValidationAttribute attribute)
    {
        switch (attribute)
        {
            case RangeAttribute range:
                schema["minimum"] = Convert.ToInt64(range.Minimum, null);
                schema["maximum"] = Convert.ToInt64(range.Maximum, null);
                break;
            case StringLengthAttribute length:
                Limit(schema, "Length", length.MinimumLength, length.MaximumLength);
                break;
            case LengthAttribute length:
                Limit(schema, IsArray(schema) ? "Items" : "Properties", length.MinimumLength, length.MaximumLength);
                break;
            case RegularExpressionAttribute pattern:
                schema["pattern"] = pattern.Pattern;
                break;
            case AllowedValuesAttribute allowed:
                // A list of strings allows each element to have one of the values.
                AllowOnly(IsArray(schema) ? (JsonObject)schema["items"]! : schema, new JsonArray([.. allowed.Values.Select(value => JsonValue.Create((string)value!))]));
                break;
            case EnumDataTypeAttribute names:
                AllowOnly(schema, NamesOf(names.EnumType));
                break;
            default:
                throw new InvalidOperationException($"{attribute.GetType().Name} has no counterpart in JSON Schema here.");
        }
    }

    private static void Limit(JsonObject schema, string count, int minimum, int maximum)
    {
        if (minimum > 0)
        {
            schema[$"min{count}"] = minimum;
        }

        schema[$"max{count}"] = maximum;
    }

    private static void AllowOnly(JsonObject schema, JsonArray values)
    {
        if (AllowsNull(schema))
        {
            values.Add(null);
        }

        schema["enum"] = values;
    }

    private void Complete(JsonObject schema, JsonTypeInfo info, bool isRequest)
    {
        RemoveNull(schema);
        if (comments.Of(info.Type) is { } description)
        {
            schema["description"] = description;
        }

        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        if (isRequest)
        {
            schema["additionalProperties"] = false;
        }

        var required = info.Properties
            .Where(property => !property.IsExtensionData && (isRequest ? property.IsRequired : !property.IsGetNullable || WritesNull(info)))
            .Select(property => (JsonNode)property.Name)
            .ToArray();
        schema.Remove("required");
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }
    }

    /// <summary>
    /// Adds the format of a number, by which generated clients choose its type (OpenAPI Format Registry), and the type of an enumeration,
    /// which the exporter omits.
    /// </summary>
    private static void AddTypeAndFormat(JsonObject schema, Type type)
    {
        if (schema["enum"] is not null)
        {
            schema["type"] ??= "string";
            return;
        }

        var format = Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
        {
            TypeCode.Int32 => "int32",
            TypeCode.Int64 => "int64",
            TypeCode.Double => "double",
            _ => null,
        };
        if (format is not null)
        {
            schema["format"] = format;
        }
    }

    private static bool WritesNull(JsonTypeInfo info) => info.Options.DefaultIgnoreCondition == JsonIgnoreCondition.Never;

    private static bool IsArray(JsonObject schema) => schema["items"] is not null;

    private static bool AllowsNull(JsonObject schema) =>
        schema["type"] is JsonArray types && types.Any(type => (string?)type == "null")
        || schema["enum"] is JsonArray values && values.Any(value => value is null);

    private static void RemoveNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            var kept = types.Select(type => (string)type!).Where(type => type != "null").ToArray();
            schema["type"] = kept.Length == 1 ? kept[0] : new JsonArray([.. kept.Select(type => (JsonNode)type)]);
        }

        if (schema["enum"] is JsonArray values)
        {
            schema["enum"] = new JsonArray([.. values.Where(value => value is not null).Select(value => value!.DeepClone())]);
        }
    }

    [GeneratedRegex(@"\b[Nn]ull (?=when|unless|until|while|in)")]
    private static partial Regex NullWhen();
}
