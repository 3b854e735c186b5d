using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// Which types a type mentions: base type, interfaces, fields, parameters, results, locals, and every type, method and field that its code names.
/// </summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(opCode => opCode.Value);

    public static HashSet<Type> Of(Type type)
    {
        HashSet<Type> found = [];
        Add(found, [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Declared).Select(field => field.FieldType)]);
        foreach (MethodBase method in type.GetMembers(Declared).OfType<MethodBase>())
        {
            Add(found, [(method as MethodInfo)?.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)]);
            if (method.GetMethodBody() is not { } body)
                continue;
            Add(found, body.LocalVariables.Select(local => local.LocalType));
            Add(found, Tokens(body.GetILAsByteArray()!).SelectMany(token => Resolve(method, token)));
        }

        return found;
    }

    // Constructed types count as their definition and their arguments; arrays, pointers and references as what they hold.
    private static void Add(HashSet<Type> found, IEnumerable<Type?> types)
    {
        foreach (Type? type in types)
        {
            if (type is null || type.IsGenericParameter)
                continue;
            if (type.HasElementType)
                Add(found, [type.GetElementType()]);
            else if (type.IsConstructedGenericType)
                Add(found, [type.GetGenericTypeDefinition(), .. type.GetGenericArguments()]);
            else
                found.Add(type);
        }
    }

    private static IEnumerable<Type?> Resolve(MethodBase method, int token)
    {
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        MemberInfo? member = method.Module.ResolveMember(token, typeArguments, methodArguments);
        return member switch
        {
            Type type => [type],
            MethodInfo called => [called.DeclaringType, called.ReturnType, .. called.GetGenericArguments()],
            _ => [member?.DeclaringType],
        };
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        int position = 0;
        while (position < code.Length)
        {
            short value = code[position++];
            if (value == 0xFE)
                value = (short)(0xFE00 | code[position++]);
            OperandType operand = s_opCodes[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(position));
            position += Length(operand, code.AsSpan(position));
        }
    }

    private static int Length(OperandType operand, ReadOnlySpan<byte> code) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code)),
        _ => 4,
    };
}
