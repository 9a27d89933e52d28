namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The stages of a child, in the order in which they run. Each part adds its steps to the stages it cares about.</summary>
internal enum StartStage
{
    /// <summary>Before anything else: the child must not outlive a session that dies while the child waits.</summary>
    Begin,

    /// <summary>Still where the session is, with the session's rights.</summary>
    Outside,

    /// <summary>Existing namespaces are joined.</summary>
    Join,

    /// <summary>The child becomes the owner of the namespaces it will make.</summary>
    Own,

    /// <summary>New namespaces are made that the first clone could not make.</summary>
    Make,

    /// <summary>Id maps that the child itself may write. The first gate follows.</summary>
    Map,

    /// <summary>A second process goes on, inside.</summary>
    Enter,

    /// <summary>By open descriptors, while paths still mean what they meant outside.</summary>
    Place,

    /// <summary>Host names, the loopback interface.</summary>
    Name,

    /// <summary>Mount propagation, before the first mount.</summary>
    Propagate,

    /// <summary>Mounts by paths of the root that is about to be left.</summary>
    BeforeRoot,

    /// <summary>The root directory changes.</summary>
    Root,

    /// <summary>Mounts in the new root. The old root is still in sight, as a new /proc in a user namespace needs.</summary>
    InRoot,

    /// <summary>The old root goes.</summary>
    AfterRoot,

    /// <summary>The working directory.</summary>
    Work,

    /// <summary>The child writes down the namespaces it is in.</summary>
    Record,

    /// <summary>Before the ids change.</summary>
    BeforeIds,

    /// <summary>The ids of the program: from here on the child may have lost its privileges.</summary>
    Ids,

    /// <summary>After the ids have changed.</summary>
    AfterIds,

    /// <summary>Before the last gate, which follows.</summary>
    Settle,

    /// <summary>After the last gate.</summary>
    Leave,

    /// <summary>The descriptors of the program. No step that can fail follows.</summary>
    Finish,
}
