"""The URLs of the management API, as the Durable extension hands them to clients."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

WEBHOOKS = "/runtime/webhooks/durabletask"


@dataclass(frozen=True, slots=True)
class ManagementUrls:
    """The URLs of one task hub. `system_key` is part of each of them."""

    base_url: str
    hub_name: str
    system_key: str = field(repr=False)

    def client_binding(self, rpc_url: str) -> str:
        """Build the value of a `durableClient` parameter; the SDK's client calls `rpc_url`."""
        return json.dumps(
            {
                "taskHubName": self.hub_name,
                "creationUrls": self._creation(),
                "managementUrls": self.of("INSTANCEID"),
                "baseUrl": f"{self.base_url}{WEBHOOKS}",
                "requiredQueryStringParameters": f"code={self.system_key}",
                "rpcBaseUrl": rpc_url,
            }
        )

    def of(self, instance_id: str) -> dict[str, str]:
        """Build the URLs to watch and control one instance."""
        root = f"{self.base_url}{WEBHOOKS}/instances/{instance_id}"
        query = f"taskHub={self.hub_name}&connection=Storage&code={self.system_key}"
        return {
            "id": instance_id,
            "statusQueryGetUri": f"{root}?{query}",
            "sendEventPostUri": f"{root}/raiseEvent/{{eventName}}?{query}",
            "terminatePostUri": f"{root}/terminate?reason={{text}}&{query}",
            "rewindPostUri": f"{root}/rewind?reason={{text}}&{query}",
            "purgeHistoryDeleteUri": f"{root}?{query}",
            "restartPostUri": f"{root}/restart?{query}",
            "suspendPostUri": f"{root}/suspend?reason={{text}}&{query}",
            "resumePostUri": f"{root}/resume?reason={{text}}&{query}",
        }

    def _creation(self) -> dict[str, str]:
        root = (
            f"{self.base_url}{WEBHOOKS}/orchestrators/{{functionName}}[/{{instanceId}}]"
            f"?code={self.system_key}"
        )
        wait = "&timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}"
        return {
            "createNewInstancePostUri": root,
            "createAndWaitOnNewInstancePostUri": root + wait,
        }
