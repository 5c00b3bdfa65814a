using System.Reflection;
using System.Reflection.Emit;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.WebJobs;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// Emits one method per queue or timer function at run time. The WebJobs SDK discovers functions as methods with attributes, but the
/// functions are not known until the worker has listed them. Azure's host also emits such methods.
/// </summary>
internal static class TriggerMethods
{
    /// <summary>
    /// Creates a type with a static method for each function. Each method calls the delegate for its trigger type and passes the function's
    /// name.
    /// </summary>
    public static Type Emit(
        IEnumerable<FunctionDescription> functions,
        Func<string, QueueMessage, CancellationToken, Task> onMessage,
        Func<string, TimerInfo, CancellationToken, Task> onTimer)
    {
        var type = AssemblyBuilder
            .DefineDynamicAssembly(new AssemblyName("FunctionHost.Triggers"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Triggers")
            .DefineType("Triggers", TypeAttributes.Public | TypeAttributes.Class);
        var messages = DefineCallback("OnMessage", onMessage);
        var timers = DefineCallback("OnTimer", onTimer);

        foreach (var function in functions)
        {
            switch (function.Trigger)
            {
                case QueueTrigger queue:
                    var queueTrigger = new CustomAttributeBuilder(
                        typeof(QueueTriggerAttribute).GetConstructor([typeof(string)])!, [queue.QueueName],
                        [typeof(QueueTriggerAttribute).GetProperty(nameof(QueueTriggerAttribute.Connection))!], [queue.Connection]);
                    EmitMethod(type, messages, function.Name, typeof(QueueMessage), queueTrigger);
                    break;
                case TimerTrigger timer:
                    var timerTrigger = new CustomAttributeBuilder(
                        typeof(TimerTriggerAttribute).GetConstructor([typeof(string)])!, [timer.Schedule],
                        [
                            typeof(TimerTriggerAttribute).GetProperty(nameof(TimerTriggerAttribute.RunOnStartup))!,
                            typeof(TimerTriggerAttribute).GetProperty(nameof(TimerTriggerAttribute.UseMonitor))!,
                        ],
                        [timer.RunOnStartup, timer.UseMonitor]);
                    EmitMethod(type, timers, function.Name, typeof(TimerInfo), timerTrigger);
                    break;
                default:
                    throw new InvalidOperationException($"{function.Name} has no queue or timer trigger.");
            }
        }

        var created = type.CreateType();
        created.GetField(messages.Name)!.SetValue(null, onMessage);
        created.GetField(timers.Name)!.SetValue(null, onTimer);
        return created;

        FieldBuilder DefineCallback(string name, Delegate callback) =>
            type.DefineField(name, callback.GetType(), FieldAttributes.Public | FieldAttributes.Static);
    }

    private static void EmitMethod(
        TypeBuilder type, FieldInfo callback, string name, Type messageType, CustomAttributeBuilder trigger)
    {
        var method = type.DefineMethod(
            name, MethodAttributes.Public | MethodAttributes.Static, typeof(Task), [messageType, typeof(CancellationToken)]);
        method.SetCustomAttribute(new(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [name]));
        method.DefineParameter(1, ParameterAttributes.None, "message").SetCustomAttribute(trigger);
        method.DefineParameter(2, ParameterAttributes.None, "cancellationToken");

        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, callback);
        il.Emit(OpCodes.Ldstr, name);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Callvirt, callback.FieldType.GetMethod(nameof(Action.Invoke))!);
        il.Emit(OpCodes.Ret);
    }
}
