using System.Reflection;
using System.Reflection.Emit;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.WebJobs;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// The WebJobs SDK finds its functions as methods with attributes, and these are known only when the worker has named its
/// functions. So one method a function is emitted, as the production host does; each calls back into this host.
/// </summary>
internal static class TriggerMethods
{
    /// <summary>A type with one static method for each queue or timer function.</summary>
    public static Type Emit(IEnumerable<FunctionDescription> functions, TriggerInvocations invocations)
    {
        var type = AssemblyBuilder
            .DefineDynamicAssembly(new AssemblyName("FunctionHost.Triggers"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Triggers")
            .DefineType("Triggers", TypeAttributes.Public | TypeAttributes.Class);
        var target = type.DefineField("Target", typeof(TriggerInvocations), FieldAttributes.Public | FieldAttributes.Static);

        foreach (var function in functions)
        {
            switch (function.Trigger)
            {
                case QueueTrigger queue:
                    var queueTrigger = new CustomAttributeBuilder(
                        typeof(QueueTriggerAttribute).GetConstructor([typeof(string)])!, [queue.QueueName],
                        [typeof(QueueTriggerAttribute).GetProperty(nameof(QueueTriggerAttribute.Connection))!], [queue.Connection]);
                    EmitMethod(type, target, function.Name, typeof(QueueMessage), queueTrigger, nameof(TriggerInvocations.InvokeQueueAsync));
                    break;
                case TimerTrigger timer:
                    var timerTrigger = new CustomAttributeBuilder(
                        typeof(TimerTriggerAttribute).GetConstructor([typeof(string)])!, [timer.Schedule],
                        [
                            typeof(TimerTriggerAttribute).GetProperty(nameof(TimerTriggerAttribute.RunOnStartup))!,
                            typeof(TimerTriggerAttribute).GetProperty(nameof(TimerTriggerAttribute.UseMonitor))!,
                        ],
                        [timer.RunOnStartup, timer.UseMonitor]);
                    EmitMethod(type, target, function.Name, typeof(TimerInfo), timerTrigger, nameof(TriggerInvocations.InvokeTimerAsync));
                    break;
                default:
                    throw new InvalidOperationException($"{function.Name} is not started by a queue or a timer.");
            }
        }

        var created = type.CreateType();
        created.GetField(target.Name)!.SetValue(null, invocations);
        return created;
    }

    private static void EmitMethod(
        TypeBuilder type, FieldInfo target, string name, Type messageType, CustomAttributeBuilder trigger, string callback)
    {
        var method = type.DefineMethod(
            name, MethodAttributes.Public | MethodAttributes.Static, typeof(Task), [messageType, typeof(CancellationToken)]);
        method.SetCustomAttribute(new(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [name]));
        method.DefineParameter(1, ParameterAttributes.None, "message").SetCustomAttribute(trigger);
        method.DefineParameter(2, ParameterAttributes.None, "cancellationToken");

        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, target);
        il.Emit(OpCodes.Ldstr, name);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Callvirt, typeof(TriggerInvocations).GetMethod(callback)!);
        il.Emit(OpCodes.Ret);
    }
}
