// The types of the API, generated from its OpenAPI document by `npm run docs`. Do not edit.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the service's name and links
         * @description Requires no key.
         */
        get: operations["getRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the health: 200 if the queue and the table respond
         * @description Requires no key.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts, by id
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an account, with its limits and the progress of its deletion
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["getAccount"];
        /**
         * Create an account, or set its name, retention and limits
         * @description Requires a key with the scope `manage`.
         */
        put: operations["putAccount"];
        post?: never;
        /**
         * Delete an account in the background: cancels pending deliveries, then erases all data
         * @description Requires a key with the scope `manage`.
         */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an account's keys, oldest first, without secrets
         * @description Requires a key with the scope `read`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key for an account; returns its secret once
         * @description Requires a key with the scope `manage`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a key; it stops working within 30 s
         * @description Requires a key with the scope `manage`.
         */
        delete: operations["deleteKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/portal-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a link that opens the console for an account, once
         * @description Requires a key with the scope `manage`.
         */
        post: operations["createPortalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/portal-links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a link and the session that it opened, within 30 s
         * @description Requires a key with the scope `manage`.
         */
        delete: operations["revokePortalLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed endpoints, callbacks, keys and the account, newest first
         * @description Requires a key with the scope `read`.
         */
        get: operations["listActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bounces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List e-mail addresses that bounced for good, from Mailjet's and Sarbacane's events, as JSON or CSV
         * @description Requires a key with the scope `read`.
         */
        get: operations["listBounces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries to all endpoints, newest event first
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints, newest first; with an operator key and `status`, those of all accounts
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listEndpoints"];
        put?: never;
        /**
         * Register a URL; returns its signing secret
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["createEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an endpoint and its status
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["getEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete an endpoint; cancels its pending deliveries
         * @description Requires a key with the scope `manage:endpoints`.
         */
        delete: operations["deleteEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint with a JSON Merge Patch (RFC 7396)
         * @description Requires a key with the scope `manage:endpoints`.
         */
        patch: operations["changeEndpoint"];
        trace?: never;
    };
    "/v1/endpoints/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End pending deliveries as delivered, because you have read them from the API
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["acknowledgeDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an endpoint's deliveries, newest event first
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listEndpointDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause an endpoint, until it is resumed or until a given time; new events join its backlog
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["pauseEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume an endpoint; delivers its backlog, oldest first, or skips it
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["resumeEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an endpoint's signing secret, and rotated ones that still sign
         * @description Requires a key with the scope `manage`.
         */
        get: operations["getSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an endpoint's signing secret; the old one still signs for a while
         * @description Requires a key with the scope `manage`.
         */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to an endpoint; it is neither logged nor counted
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["testEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check whether a URL may be registered; nothing is sent to it
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["checkUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to a URL that is not registered
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["testUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Mailjet's and Sarbacane's event types, with descriptions and samples
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listEventTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events with their outcomes, newest first
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Send one event, or up to 500
         * @description Requires a key with the scope `send`.
         */
        post: operations["sendEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event with its deliveries and attempts
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}/payload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event's payload, byte for byte
         * @description Requires a key with the scope `read`.
         */
        get: operations["getPayload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}/requests/{endpoint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what an event's attempts send to an endpoint, without secrets
         * @description Requires a key with the scope `read`.
         */
        get: operations["getDeliveryRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend an event with the same id, to all endpoints that subscribe to it or to given ones
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["resendEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the account's endpoints and events as a file for `npm start -- --read`, in parts to be appended
         * @description Requires a key with the scope `read`.
         */
        get: operations["exportAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this API's OpenAPI 3.1 document
         * @description Requires no key.
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the messages in the service's queues and dead-letter queues
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recoveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List recoveries, newest first; with an operator key and no account, the running ones of all accounts
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["listRecoveries"];
        put?: never;
        /**
         * Send again what an endpoint or the account has missed, in the background
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["createRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recoveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a recovery and its progress
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["getRecovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recoveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a recovery; what has joined a backlog is still sent
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["cancelRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session of the console with a link's code or with a key; sets a cookie
         * @description Requires a link's code, or a key with any scope.
         */
        post: operations["createSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End the session of this request and remove its cookie
         * @description Requires a key, with any scope.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/mailjet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Mailjet's event objects, one or an array
         * @description Requires a key with the scope `send`.
         */
        post: operations["sendMailjetEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sources/sarbacane": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Sarbacane's event objects, one or an array
         * @description Requires a key with the scope `send`.
         */
        post: operations["sendSarbacaneEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count events, delivery outcomes or e-mails over time, also by endpoint or account
         * @description Requires a key with the scope `read:status`.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read which key or session this is: its account, scopes and expiry
         * @description Requires a key, with any scope.
         */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/REST/eventcallbackurl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mailjet's interface: list callbacks, with filters
         * @description Requires a key with the scope `read`.
         */
        get: operations["listCallbacks"];
        put?: never;
        /**
         * Mailjet's interface: register a URL for an event type
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["createCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/REST/eventcallbackurl/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mailjet's interface: read a callback, by ID or `EventType|IsBackup`
         * @description Requires a key with the scope `read`.
         */
        get: operations["getCallback"];
        /**
         * Mailjet's interface: change a callback; a new Url or Status `alive` resumes it
         * @description Requires a key with the scope `manage:endpoints`.
         */
        put: operations["changeCallback"];
        post?: never;
        /**
         * Mailjet's interface: delete a callback
         * @description Requires a key with the scope `manage:endpoints`.
         */
        delete: operations["deleteCallback"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/REST/eventcallbackurl/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mailjet's interface: send a sample event to a callback; it is neither logged nor counted
         * @description Requires a key with the scope `manage:endpoints`.
         */
        post: operations["testCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    cloudevents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A CloudEvent
         * @description With `group`, an array of events.
         */
        post: operations["receiveCloudevents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    mailjet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event as Mailjet sends it
         * @description With `group`, an array of events.
         */
        post: operations["receiveMailjet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    operational: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An operational webhook, in the format `standard`
         * @description With `group`, an array of events.
         */
        post: operations["receiveOperational"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    raw: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The payload alone
         * @description With `group`, an array of events.
         */
        post: operations["receiveRaw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    sarbacane: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event as Sarbacane sends it
         * @description With `group`, an array of events.
         */
        post: operations["receiveSarbacane"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    standard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event in an envelope, the default
         * @description With `group`, an array of events.
         */
        post: operations["receiveStandard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @example {
         *       "id": "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
         *       "type": "email.opened"
         *     }
         */
        Accepted: {
            id: string;
            type: string;
        };
        AcceptedEvents: components["schemas"]["Accepted"] | {
            data: components["schemas"]["Accepted"][];
        };
        Account: {
            createdAt: string | null;
            deletion: {
                /** @description Endpoints whose pending deliveries are being cancelled. */
                endpointsLeft: number;
                eventsErased: number;
                /** @enum {string} */
                phase: "cancelling" | "erasing" | "done";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC, milliseconds.
                 * @example 2026-11-21T12:00:00.000Z
                 */
                requestedAt: string;
            } | null;
            id: string;
            limits: {
                endpoints: number;
                eventsPerSecond: number | null;
            };
            name: string;
            retentionDays: number;
            /** @enum {string} */
            status: "active" | "deleting" | "deleted";
            updatedAt: string | null;
        };
        AccountInput: {
            /** @default {} */
            limits?: {
                /**
                 * @description Endpoints, at most.
                 * @default 50
                 */
                endpoints?: number;
                /**
                 * @description Events per second that are accepted, on average; null: the default of the deployment.
                 * @default null
                 */
                eventsPerSecond?: number | null;
            };
            /**
             * @description A display name.
             * @default
             */
            name?: string;
            /**
             * @description Days that an event and its deliveries are kept, from its acceptance. Changes apply to events dispatched afterwards.
             * @default 30
             */
            retentionDays?: number;
        };
        AccountList: {
            data: components["schemas"]["Account"][];
            nextCursor: string | null;
        };
        AccountStats: {
            cancelled: number;
            delivered: number;
            deliveredLater: number;
            events: number;
            exhausted: number;
            failed: number;
            /** @description 99 % of the responses of its endpoints took at most so long. null: no response. */
            p99Ms: number | null;
            queued: number;
            suspended: number;
            unmatched: number;
        };
        Acknowledged: {
            /** @description The events that were pending. The others have ended, or were never to be delivered there. */
            acknowledged: string[];
        };
        AcknowledgeInput: {
            /** @description Ids of events whose deliveries to the endpoint are pending. */
            events: string[];
        };
        /** @description One change: who made it, what it was, and when. */
        Activity: {
            /** @enum {string} */
            action: "endpoint.created" | "endpoint.changed" | "endpoint.deleted" | "endpoint.paused" | "endpoint.resumed" | "endpoint.secret_rotated" | "callback.created" | "callback.changed" | "callback.deleted" | "recovery.created" | "recovery.cancelled" | "key.created" | "key.deleted" | "portal_link.created" | "portal_link.revoked" | "account.created" | "account.changed" | "account.deleted";
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            at: string;
            endpointId: string | null;
            /** @description The names of the fields in the request; never their values. */
            fields: string[];
            id: string;
            /** @description Whether it is the operator's key. */
            isOperator: boolean;
            /** @description The key that made the change; null: the command line. */
            keyId: string | null;
            /** @description The console's session in which it was made, which has the id of its link; null: no session. */
            sessionId: string | null;
            /** @description What else was changed: the id of a key or a link, a callback's ID or name, an account. */
            subject: string | null;
        };
        ActivityList: {
            data: components["schemas"]["Activity"][];
            nextCursor: string | null;
        };
        /** @description One POST of a delivery. */
        Attempt: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            at: string;
            durationMs: number;
            /**
             * @description `success`, or the kind of failure.
             * @enum {string}
             */
            outcome: "success" | "http_status" | "loop_detected" | "timeout" | "dns_not_found" | "dns_failed" | "connect_refused" | "connect_failed" | "connection_lost" | "tls_certificate_expired" | "tls_certificate_untrusted" | "tls_hostname_mismatch" | "tls_failed" | "protocol_invalid" | "protocol_upgrade" | "address_forbidden" | "internal";
            reason: string | null;
            /** @description null: there was none, or the key has neither of the scopes `read` and `manage`. */
            response: components["schemas"]["ReceiverResponse"] | null;
            status: number | null;
        };
        BouncedAddress: {
            /**
             * @description `hard`: at least one bounce was for good.
             * @enum {string}
             */
            bounce: "hard" | "soft";
            /** @description Bounces of this address in this response. */
            count: number;
            email: string;
            /**
             * Format: date-time
             * @description When the last event was accepted.
             */
            lastBouncedAt: string;
            /** @description Rappel's id of the last event. */
            lastEventId: string;
            /** @description In the platform's words. */
            lastReason: string;
            /** @enum {string} */
            source: "mailjet" | "sarbacane";
        };
        BounceList: {
            data: components["schemas"]["BouncedAddress"][];
            nextCursor: string | null;
        };
        CheckedUrl: {
            /** @description As an endpoint would show it: without its password. */
            url: string;
        };
        /** @description CloudEvents 1.0, structured mode. */
        CloudEvent: {
            /** @description The payload, byte for byte. */
            data: unknown;
            /** @constant */
            datacontenttype: "application/json";
            id: string;
            source: string;
            /** @constant */
            specversion: "1.0";
            /** Format: date-time */
            time: string;
            /**
             * @description What happened.
             * @example email.opened
             */
            type: string;
        };
        CreatedEndpoint: {
            account: string;
            backupOf: string[] | null;
            consecutiveFailures: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            createdAt: string;
            description: string;
            encoding: string;
            eventTypes: string[];
            format: string;
            group: components["schemas"]["Group"] | null;
            /** @description Values are shown as ***. */
            headers: {
                [key: string]: string;
            };
            id: string;
            /** @description When this URL, which is Rappel itself, last refused an event that was going round in a loop. Updated at most every 5 minutes. */
            lastLoopAt: string | null;
            /** @description Updated at most every 5 minutes, and when a failing endpoint works again. */
            lastSuccessAt: string | null;
            /**
             * @description `callbacks`: Mailjet's interface manages its url, eventTypes, group and backupOf.
             * @enum {string}
             */
            managedBy: "user" | "callbacks";
            metadata: {
                [key: string]: string;
            };
            /** @description When the next attempt from the backlog is made, at the earliest. In the past: it is due now. null: nothing is pending, or nothing is sent (suspended, or paused without an end). */
            nextAttemptAt?: string | null;
            /** @description When the oldest pending event was accepted. null: nothing is pending. */
            oldestPendingAt?: string | null;
            /** @description When a pause ends. null: not paused, or paused without an end. */
            pausedUntil: string | null;
            /** @description Pending deliveries, counted up to 1,000. In lists, this and the next three fields are present only with `include=pending`. */
            pendingCount?: number;
            /** @description false: there are `pendingCount` or more. Show it as `1000+`. */
            pendingCountIsComplete?: boolean;
            preset: string;
            rateLimit: number | null;
            releaseRate: number;
            /** @description Nothing is sent before this time, because the receiver responded with Retry-After. */
            retryAfterUntil: string | null;
            retrySchedule: components["schemas"]["RetrySchedule"];
            /** @description Absent if the key has not the scope `manage`. */
            secret?: string;
            /** @enum {string} */
            status: "active" | "failing" | "suspended" | "paused" | "deleted";
            /** @description In English. Made from `statusReasonCode` and `statusReasonParams`. */
            statusReason: string;
            /** @enum {string} */
            statusReasonCode: "registered" | "registered_paused" | "registered_again" | "attempts_failed" | "all_attempts_failed" | "gone" | "works_again" | "backlog_empty" | "paused_by_user" | "resumed_by_user" | "pause_ended" | "deleted";
            statusReasonParams: components["schemas"]["StatusReasonParams"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            statusSince: string;
            success: string;
            timeoutMs: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            updatedAt: string;
            /** @description A password is shown as ***. A key with only `read:status` sees no user, and *** for the query. */
            url: string;
            verification?: {
                library: string;
                snippet: string;
            };
        };
        CreatedKey: {
            account: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            createdAt: string;
            expiresAt: string | null;
            id: string;
            /** @description Updated at most once an hour. */
            lastUsedAt: string | null;
            name: string;
            /** @description The first characters of the secret. */
            prefix: string;
            scopes: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
            /** @description Shown only in this response. */
            secret: string;
        };
        Delivery: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            acceptedAt: string;
            attempts: components["schemas"]["Attempt"][];
            endpointId: string;
            /** @description The endpoint's URL now. null: it was deleted. */
            endpointUrl: string | null;
            eventId: string;
            /** @description In English. Made from `reasonCode` and `reasonParams`. */
            explanation: string;
            lastDurationMs: number | null;
            /** @description The status of the last attempt's response. */
            lastStatus: number | null;
            /** @description While pending: when the next attempt is made, at the earliest. In the past: it is due now. null while nothing is sent (the endpoint is suspended, deleted, or paused without an end), and once the delivery has ended. */
            nextAttemptAt: string | null;
            /** @description The suspended endpoint on whose behalf it is sent. */
            onBehalfOf: string | null;
            reason: ("schedule" | "expired" | "skipped" | "deleted" | "moved" | "suspended" | "loop") | null;
            /**
             * @description Why the delivery is where it is. Delivered: `delivered`. Exhausted or cancelled: `schedule_ended`, `expired`, `skipped`, `endpoint_deleted`, `moved`, `suspended_too_long`, `loop`, `ended` (no reason is known). Pending: `scheduled`, `endpoint_failing`, `endpoint_suspended`, `endpoint_paused`, `endpoint_paused_until`, `endpoint_being_deleted`, `callback_deleted`.
             * @enum {string}
             */
            reasonCode: "delivered" | "schedule_ended" | "expired" | "skipped" | "endpoint_deleted" | "moved" | "suspended_too_long" | "loop" | "ended" | "scheduled" | "endpoint_failing" | "endpoint_suspended" | "endpoint_paused" | "endpoint_paused_until" | "endpoint_being_deleted" | "callback_deleted";
            reasonParams: components["schemas"]["DeliveryReasonParams"];
            /** @enum {string} */
            status: "pending" | "delivered" | "exhausted" | "cancelled";
            /** @description The event's type. */
            type: string;
        };
        DeliveryExhaustedData: {
            account: string;
            /** Format: date-time */
            at: string;
            attempts: number;
            endpoint: string;
            event: string;
            eventType: string;
            lastOutcome: string | null;
            lastStatus: number | null;
            reason: string | null;
        };
        DeliveryList: {
            data: components["schemas"]["Delivery"][];
            nextCursor: string | null;
            /** @description How far the list has been read: nothing that was accepted later is missing from this page and the ones before it. null at the end of the list. */
            scannedUntil: string | null;
        };
        /** @description With `reasonCode`, all facts in `explanation`. */
        DeliveryReasonParams: {
            /** @description Attempts so far. */
            attempts: number;
            /** @description Attempts that the schedule allows. Absent for a delivery that was resent or moved. */
            attemptsMax?: number;
            /** @description Newer deliveries that are pending behind it. */
            behind?: number;
            /** @description false: there are `behind` or more. */
            behindIsComplete?: boolean;
            /**
             * Format: date-time
             * @description `callback_deleted`: when it is cancelled.
             * @example 2026-11-21T12:00:00.000Z
             */
            cancelledAt?: string;
            /** @enum {string} */
            endpointStatusReasonCode?: "registered" | "registered_paused" | "registered_again" | "attempts_failed" | "all_attempts_failed" | "gone" | "works_again" | "backlog_empty" | "paused_by_user" | "resumed_by_user" | "pause_ended" | "deleted";
            endpointStatusReasonParams?: components["schemas"]["StatusReasonParams"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            endpointStatusSince?: string;
            /** @description What happened, in English. */
            lastDetail?: string;
            lastDurationMs?: number;
            /**
             * @description How the last attempt ended.
             * @enum {string}
             */
            lastOutcome?: "success" | "http_status" | "loop_detected" | "timeout" | "dns_not_found" | "dns_failed" | "connect_refused" | "connect_failed" | "connection_lost" | "tls_certificate_expired" | "tls_certificate_untrusted" | "tls_hostname_mismatch" | "tls_failed" | "protocol_invalid" | "protocol_upgrade" | "address_forbidden" | "internal";
            lastStatus?: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            nextAttemptAt?: string;
            onBehalfOf?: string;
            /**
             * @description Why the delivery exists, if not because its endpoint subscribes to the event.
             * @enum {string}
             */
            origin?: "moved_from_suspended" | "on_behalf_of_suspended" | "resent_or_moved";
            /**
             * Format: date-time
             * @description `endpoint_paused_until`.
             * @example 2026-11-21T12:00:00.000Z
             */
            pausedUntil?: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "exhausted" | "cancelled";
        };
        /** @description What an attempt sends, made from the log and the endpoint's settings. */
        DeliveryRequest: {
            /** @description Byte for byte. null: the endpoint groups events, and other events were in the same body. */
            body: string | null;
            bodyBytes: number | null;
            /**
             * Format: date-time
             * @description When the endpoint's settings last changed. An attempt before that may have had another URL, other headers or another format: they are not kept.
             * @example 2026-11-21T12:00:00.000Z
             */
            configuredAt: string;
            endpointId: string;
            eventId: string;
            /** @description Without `webhook-timestamp`, which is the second of each attempt. `***`: the endpoint's own headers, its credentials and the signature. */
            headers: {
                [key: string]: string;
            };
            /** @constant */
            method: "POST";
            url: string;
        };
        Endpoint: {
            account: string;
            backupOf: string[] | null;
            consecutiveFailures: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            createdAt: string;
            description: string;
            encoding: string;
            eventTypes: string[];
            format: string;
            group: components["schemas"]["Group"] | null;
            /** @description Values are shown as ***. */
            headers: {
                [key: string]: string;
            };
            id: string;
            /** @description When this URL, which is Rappel itself, last refused an event that was going round in a loop. Updated at most every 5 minutes. */
            lastLoopAt: string | null;
            /** @description Updated at most every 5 minutes, and when a failing endpoint works again. */
            lastSuccessAt: string | null;
            /**
             * @description `callbacks`: Mailjet's interface manages its url, eventTypes, group and backupOf.
             * @enum {string}
             */
            managedBy: "user" | "callbacks";
            metadata: {
                [key: string]: string;
            };
            /** @description When the next attempt from the backlog is made, at the earliest. In the past: it is due now. null: nothing is pending, or nothing is sent (suspended, or paused without an end). */
            nextAttemptAt?: string | null;
            /** @description When the oldest pending event was accepted. null: nothing is pending. */
            oldestPendingAt?: string | null;
            /** @description When a pause ends. null: not paused, or paused without an end. */
            pausedUntil: string | null;
            /** @description Pending deliveries, counted up to 1,000. In lists, this and the next three fields are present only with `include=pending`. */
            pendingCount?: number;
            /** @description false: there are `pendingCount` or more. Show it as `1000+`. */
            pendingCountIsComplete?: boolean;
            preset: string;
            rateLimit: number | null;
            releaseRate: number;
            /** @description Nothing is sent before this time, because the receiver responded with Retry-After. */
            retryAfterUntil: string | null;
            retrySchedule: components["schemas"]["RetrySchedule"];
            /** @enum {string} */
            status: "active" | "failing" | "suspended" | "paused" | "deleted";
            /** @description In English. Made from `statusReasonCode` and `statusReasonParams`. */
            statusReason: string;
            /** @enum {string} */
            statusReasonCode: "registered" | "registered_paused" | "registered_again" | "attempts_failed" | "all_attempts_failed" | "gone" | "works_again" | "backlog_empty" | "paused_by_user" | "resumed_by_user" | "pause_ended" | "deleted";
            statusReasonParams: components["schemas"]["StatusReasonParams"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            statusSince: string;
            success: string;
            timeoutMs: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            updatedAt: string;
            /** @description A password is shown as ***. A key with only `read:status` sees no user, and *** for the query. */
            url: string;
        };
        EndpointInput: {
            /**
             * @description Makes this endpoint the backup of one or several endpoints of the account. While one of them is suspended, the backup gets its events, if it subscribes to their types. It gets no other events.
             * @example ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC
             */
            backupOf?: string | string[];
            /** @default  */
            description?: string;
            /**
             * @description The encoding of the format; `xml` only for standard, mailjet, sarbacane.
             * @default json
             * @enum {string}
             */
            encoding?: "json" | "xml";
            /**
             * @description Exact types; `*` for all types except `rappel.*`; `email.*` for all types that start with `email.`.
             * @example [
             *       "open",
             *       "email.*"
             *     ]
             */
            eventTypes: string[];
            /**
             * @description `standard`: the payload in an envelope; `raw`: the payload alone; `mailjet`, `sarbacane`: flat objects as these platforms send them; `cloudevents`: CloudEvents 1.0, structured mode. Default: the preset's.
             * @enum {string}
             */
            format?: "standard" | "raw" | "mailjet" | "sarbacane" | "cloudevents";
            /**
             * @description Sends events in groups, as an array in one POST: at most `maxEvents` events and `maxBytes` bytes of payloads, collected for about `windowMs`. `webhook-id` is the group's id; the events' ids are in `rappel-event-ids`.
             * @example {
             *       "maxEvents": 100,
             *       "maxBytes": 262144,
             *       "windowMs": 1000
             *     }
             */
            group?: {
                /** @default 262144 */
                maxBytes?: number;
                /** @default 100 */
                maxEvents?: number;
                /** @default 1000 */
                windowMs?: number;
            };
            /**
             * @description Sent with every POST; values are masked in responses. If a change moves the url to another origin (scheme, host or port), it gives each value again or removes the header with null.
             * @example {
             *       "x-team": "billing"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description For your own use: stored and shown, never sent.
             * @default {}
             * @example {
             *       "customer": "42"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description The platform whose rules are the defaults of format, success and retrySchedule.
             * @default standard
             * @enum {string}
             */
            preset?: "standard" | "mailjet" | "sarbacane";
            /** @description Attempts per second at most, evenly spaced, first attempts and retries together. */
            rateLimit?: number;
            /**
             * @description Deliveries per second from its backlog once it works again. For groups: POSTs per second.
             * @default 25
             */
            releaseRate?: number;
            /**
             * @description The waits after failed attempts: a preset or custom stages. Default: the deployment's setting, which is `standard` unless the operator changed it.
             * @example [
             *       {
             *         "times": 10,
             *         "everySeconds": 30
             *       }
             *     ]
             */
            retrySchedule?: ("standard" | "mailjet" | "sarbacane") | {
                everySeconds: number;
                times: number;
            }[];
            /** @description A signing secret of your own, so that receivers keep the one they verify with: `whsec_` and 24 to 64 random bytes in standard base64. Default: a new one. */
            secret?: string;
            /**
             * @description `paused`: events join its backlog from now on, and nothing is sent until it is resumed.
             * @default active
             * @enum {string}
             */
            status?: "active" | "paused";
            /**
             * @description Which responses are a success. Default: the preset's.
             * @enum {string}
             */
            success?: "200" | "2xx";
            /**
             * @description Timeout of one attempt, from DNS to the response headers.
             * @default 15000
             */
            timeoutMs?: number;
            /**
             * Format: uri
             * @description The URL that events are POSTed to. `user:password@` is sent as Basic credentials and masked in responses.
             * @example https://example.com/webhooks
             */
            url: string;
        };
        EndpointList: {
            data: components["schemas"]["Endpoint"][];
            nextCursor: string | null;
        };
        /** @description Missing fields stay as they are; null sets a field to its default. */
        EndpointPatch: {
            backupOf?: (string | string[]) | null;
            description?: string | null;
            encoding?: ("json" | "xml") | null;
            /**
             * @description Exact types; `*` for all types except `rappel.*`; `email.*` for all types that start with `email.`.
             * @example [
             *       "open",
             *       "email.*"
             *     ]
             */
            eventTypes?: string[];
            format?: ("standard" | "raw" | "mailjet" | "sarbacane" | "cloudevents") | null;
            group?: {
                maxBytes?: number | null;
                maxEvents?: number | null;
                windowMs?: number | null;
            } | null;
            headers?: {
                [key: string]: string | null;
            } | null;
            metadata?: {
                [key: string]: string | null;
            } | null;
            preset?: ("standard" | "mailjet" | "sarbacane") | null;
            rateLimit?: number | null;
            releaseRate?: number | null;
            retrySchedule?: (("standard" | "mailjet" | "sarbacane") | {
                everySeconds: number;
                times: number;
            }[]) | null;
            success?: ("200" | "2xx") | null;
            timeoutMs?: number | null;
            /**
             * Format: uri
             * @description The URL that events are POSTed to. `user:password@` is sent as Basic credentials and masked in responses.
             * @example https://example.com/webhooks
             */
            url?: string;
        };
        /** @description Response times are estimated from counters of ten ranges. */
        EndpointStats: {
            cancelled: number;
            delivered: number;
            deliveredLater: number;
            exhausted: number;
            failed: number;
            /** @description Half of the responses took at most so long. null: no response. */
            p50Ms: number | null;
            /** @description 95 % of the responses took at most so long. */
            p95Ms: number | null;
            /** @description 99 % of the responses took at most so long. */
            p99Ms: number | null;
            queued: number;
            suspended: number;
        };
        EndpointStatusData: {
            account: string;
            /** Format: date-time */
            at: string;
            endpoint: string;
            reason: string;
        };
        EventCallbackUrlChange: {
            APIKeyID?: number | string | null;
            /**
             * @description Mailjet's name of an event type. `parseapi` (inbound e-mail) is not supported.
             * @example open
             * @enum {string}
             */
            EventType?: "click" | "bounce" | "spam" | "blocked" | "unsub" | "open" | "sent" | "typofix" | "newsender" | "newsenderautovalid";
            ID?: number | string | null;
            IsBackup?: boolean;
            /**
             * @description `dead`: suspended or paused. Writing `alive` resumes it, writing `dead` pauses it.
             * @enum {string}
             */
            Status?: "alive" | "dead";
            /**
             * Format: uri
             * @example https://example.com/webhooks
             */
            Url?: string;
            /**
             * @description 1: one event per POST. 2: an array of the events of about one second.
             * @enum {integer}
             */
            Version?: 1 | 2;
        };
        EventCallbackUrlInput: {
            APIKeyID?: number | string | null;
            /**
             * @description Mailjet's name of an event type. `parseapi` (inbound e-mail) is not supported.
             * @example open
             * @enum {string}
             */
            EventType: "click" | "bounce" | "spam" | "blocked" | "unsub" | "open" | "sent" | "typofix" | "newsender" | "newsenderautovalid";
            ID?: number | string | null;
            /** @description A backup URL, used while the first one is suspended. */
            IsBackup?: boolean;
            /**
             * @description `dead`: suspended or paused. Writing `alive` resumes it, writing `dead` pauses it.
             * @enum {string}
             */
            Status?: "alive" | "dead";
            /**
             * Format: uri
             * @description The URL that events are POSTed to. Responses show it as it was given, with `***` for a password.
             * @example https://example.com/webhooks
             */
            Url: string;
            /**
             * @description 1: one event per POST. 2: an array of the events of about one second.
             * @enum {integer}
             */
            Version?: 1 | 2;
        };
        EventCallbackUrls: {
            Count: number;
            Data: {
                APIKeyID: number;
                /** @enum {string} */
                EventType: "click" | "bounce" | "spam" | "blocked" | "unsub" | "open" | "sent" | "typofix" | "parseapi" | "newsender" | "newsenderautovalid";
                ID: number;
                IsBackup: boolean;
                /** @enum {string} */
                Status: "alive" | "dead";
                /** @description As it was given, with *** for a password. */
                Url: string;
                Version: number;
            }[];
            Total: number;
        };
        EventCallbackUrlTests: {
            Count: number;
            Data: {
                DurationMs: number;
                /** @enum {string} */
                EventType: "click" | "bounce" | "spam" | "blocked" | "unsub" | "open" | "sent" | "typofix" | "parseapi" | "newsender" | "newsenderautovalid";
                HttpStatus: number | null;
                ID: number;
                /** @description `success`, or the kind of failure. */
                Outcome: string;
                Reason: string | null;
                Response: string | null;
            }[];
            Total: number;
        };
        EventInput: {
            /**
             * @description The account's name.
             * @example acme
             */
            account?: string;
            /** @description Any JSON value. Its bytes are delivered unchanged. */
            data: unknown;
            /**
             * @description The producer's id of the event.
             * @example order-1042/paid
             */
            eventId?: string;
            /**
             * Format: date-time
             * @example 2026-11-21T12:00:00.000Z
             */
            timestamp?: string;
            /**
             * @description What happened.
             * @example email.opened
             */
            type: string;
        };
        EventList: {
            data: components["schemas"]["ListedEvent"][];
            nextCursor: string | null;
            /**
             * Format: date-time
             * @description For polling: the `after` of the next poll, so that it misses nothing. It is 15 minutes ago, because an event can be logged that much later than it was accepted. Events after it are listed again: ignore the ids you know. Of several pages, use the first one's.
             * @example 2026-11-21T12:00:00.000Z
             */
            pollAfter: string;
            /** @description How far the list has been read: nothing that was accepted later is missing from this page and the ones before it. null at the end of the list. */
            scannedUntil: string | null;
        };
        /** @description Its deliveries. `failed`: exhausted or cancelled. */
        EventOutcome: {
            delivered: number;
            endpoints: number;
            failed: number;
            pending: number;
        };
        EventReasonParams: {
            cancelled?: number;
            delivered?: number;
            /** @description Of `sent`, like the following: the deliveries. */
            endpoints?: number;
            exhausted?: number;
            pending?: number;
            type: string;
        };
        EventType: {
            description: string;
            /** @description The platform's own object, unchanged. */
            sample: {
                [key: string]: unknown;
            };
            /**
             * @description The platform that the event type belongs to.
             * @enum {string}
             */
            source: "mailjet" | "sarbacane";
            type: string;
        };
        EventTypeList: {
            data: components["schemas"]["EventType"][];
        };
        EventWithDeliveries: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            acceptedAt: string;
            deliveries: components["schemas"]["Delivery"][];
            /** @description The producer's id. */
            eventId: string | null;
            /** @description In English. Made from `reasonCode` and `reasonParams`. */
            explanation: string;
            id: string;
            payloadBytes: number;
            /** @enum {string} */
            reasonCode: "no_subscriber" | "sent";
            reasonParams: components["schemas"]["EventReasonParams"];
            /**
             * @description `rappel`: an operational webhook.
             * @enum {string}
             */
            source: "api" | "mailjet" | "sarbacane" | "rappel";
            /**
             * Format: date-time
             * @description The producer's timestamp, by default the time of acceptance.
             * @example 2026-11-21T12:00:00.000Z
             */
            timestamp: string;
            type: string;
        };
        FailureRateData: {
            account: string;
            delivered: number;
            destination: string | null;
            failureRate: number;
            /** Format: date-time */
            from: string;
            limit: number;
            source: string;
            /** Format: date-time */
            to: string;
            undelivered: number;
        };
        /** @description A rejected field, and what is allowed. */
        FieldError: {
            allowed?: string;
            detail: string;
            pointer: string;
            value?: unknown;
        };
        /** @description How events are grouped into one POST. */
        Group: {
            maxBytes: number;
            maxEvents: number;
            windowMs: number;
        };
        HeldSession: {
            /** @description The only endpoint that it is about; null: all. */
            endpoint: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            expiresAt: string;
            id: string;
            /** @description Where the console leads back to. */
            returnUrl: string | null;
        };
        Key: {
            account: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            createdAt: string;
            expiresAt: string | null;
            id: string;
            /** @description Updated at most once an hour. */
            lastUsedAt: string | null;
            name: string;
            /** @description The first characters of the secret. */
            prefix: string;
            scopes: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
        };
        KeyInput: {
            /**
             * @description When the key expires; null: never.
             * @default null
             */
            expiresAt?: string | null;
            /**
             * @description A display name.
             * @default
             */
            name?: string;
            /**
             * @description `send` sends events; `manage` changes endpoints and keys, reads signing secrets, resends events; `manage:endpoints` like `manage`, but sees no signing secret, and neither rotates one nor creates or deletes keys; `read` reads everything except signing secrets; `read:status` reads outcomes: no payloads, no responses of receivers, no credentials in URLs.
             * @default [
             *       "send",
             *       "manage",
             *       "read"
             *     ]
             */
            scopes?: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
        };
        KeyList: {
            data: components["schemas"]["Key"][];
            nextCursor: string | null;
        };
        ListedEvent: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            acceptedAt: string;
            /** @description The producer's id. */
            eventId: string | null;
            id: string;
            outcome: components["schemas"]["EventOutcome"];
            /** @description With `include=payload`: the payload's bytes as text, unchanged. */
            payload?: string;
            payloadBytes: number;
            /**
             * @description `rappel`: an operational webhook.
             * @enum {string}
             */
            source: "api" | "mailjet" | "sarbacane" | "rappel";
            /**
             * Format: date-time
             * @description The producer's timestamp, by default the time of acceptance.
             * @example 2026-11-21T12:00:00.000Z
             */
            timestamp: string;
            type: string;
        };
        MailjetError: {
            ErrorInfo: string;
            ErrorMessage: string;
            StatusCode: number;
        };
        /** @description A flat event object, as Mailjet sends it. */
        MailjetEvent: {
            /** @description `open`, `click`, `unsub` */
            agent?: string;
            /** @description `bounce` */
            blocked?: boolean;
            /** @description `bounce` */
            comment?: string;
            customcampaign?: string;
            CustomID?: string;
            email?: string;
            /** @description `bounce`, `blocked` */
            error?: string;
            /** @description `bounce`, `blocked` */
            error_related_to?: string;
            /** @enum {string} */
            event: "sent" | "open" | "click" | "bounce" | "blocked" | "spam" | "unsub";
            /** @description `open`, `click`, `unsub` */
            geo?: string;
            /** @description `bounce` */
            hard_bounce?: boolean;
            /** @description `open`, `click`, `unsub` */
            ip?: string;
            Message_GUID?: string;
            /** @description 64 bits: many JSON parsers lose its last digits. */
            MessageID?: number;
            mj_campaign_id?: number;
            mj_contact_id?: number;
            /** @description `unsub` */
            mj_list_id?: number;
            /** @description `sent` */
            mj_message_id?: string;
            Payload?: string;
            /** @description `sent` */
            smtp_reply?: string;
            /** @description `spam`: the feedback loop. */
            source?: string;
            /** @description Unix seconds. */
            time: number;
            /** @description `click` */
            url?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An operational webhook in the format `standard`. */
        OperationalEvent: {
            data: components["schemas"]["EndpointStatusData"] | components["schemas"]["DeliveryExhaustedData"] | components["schemas"]["FailureRateData"];
            id: string;
            /** Format: date-time */
            timestamp: string;
            /** @enum {string} */
            type: "rappel.endpoint.failing" | "rappel.endpoint.recovered" | "rappel.endpoint.suspended" | "rappel.endpoint.resumed" | "rappel.endpoint.expiring" | "rappel.endpoint.flapping" | "rappel.endpoint.secret_rotated" | "rappel.delivery.exhausted" | "rappel.failure_rate.exceeded" | "rappel.recovery.finished";
        };
        PauseInput: {
            /**
             * Format: date-time
             * @description When the pause ends. Default: when the endpoint is resumed.
             * @example 2026-11-21T12:00:00.000Z
             */
            until?: string;
        };
        PortalLink: {
            /**
             * Format: date-time
             * @description Until when the link can be used.
             * @example 2026-11-21T12:00:00.000Z
             */
            expiresAt: string;
            /** @description Of the link and of the session that it opens. */
            id: string;
            /** @description Works once. Shown only in this response. */
            url: string;
        };
        PortalLinkInput: {
            /**
             * @description The only endpoint that the session shows and changes. Default: all of the account.
             * @example ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC
             */
            endpoint?: string;
            /**
             * @description Seconds in which the link can be used, once.
             * @default 600
             */
            expiresIn?: number;
            /**
             * @description Where the console leads back to: an https:// URL without user and password (http:// on localhost).
             * @example https://app.example.com/settings
             */
            returnUrl?: string;
            /**
             * @description What the session may do: at most what the key may.
             * @default [
             *       "read",
             *       "manage:endpoints"
             *     ]
             */
            scopes?: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
            /**
             * @description Seconds that the session lasts, from the use of the link.
             * @default 28800
             */
            sessionSeconds?: number;
        };
        /** @description RFC 9457 problem details. */
        Problem: {
            code: string;
            detail: string;
            errors?: components["schemas"]["FieldError"][];
            /** @description JSON_INVALID: the offset of the first wrong byte. */
            offset?: number;
            status: number;
            title: string;
            type: string;
        };
        /** @description SQS counts approximately, up to a minute late. */
        Queue: {
            /** @description Messages of events that failed for four days, wake-ups that failed five times, and what cannot be decoded. A message is kept for 14 days from its acceptance. */
            deadLetters: number;
            /** @description Messages that wait. One can hold several events. */
            messages: number;
            /**
             * @description `events`: accepted events, before their first attempt. `wakeUps`: retry rounds that are due.
             * @enum {string}
             */
            name: "events" | "wakeUps";
        };
        QueueList: {
            data: components["schemas"]["Queue"][];
        };
        /** @description What the receiver responded. */
        ReceiverResponse: {
            /** @description At most 1 KiB, as text, cut at a whole character; bytes that are not UTF-8 are replaced. Of a delivery's attempts only the first and the newest one keep their body, and a first attempt that was delivered keeps none: null. */
            body: string | null;
            headers: {
                [key: string]: string;
            };
            status: number;
            truncated: boolean;
        };
        Recovery: {
            account: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            createdAt: string;
            /** @description null: all endpoints of the account. */
            endpoint: string | null;
            estimate: components["schemas"]["RecoveryEstimate"];
            explanation: string;
            finishedAt: string | null;
            id: string;
            progress: components["schemas"]["RecoveryProgress"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            since: string;
            /**
             * @description `waiting`: until events that were accepted shortly before `until` are surely in the log.
             * @enum {string}
             */
            status: "running" | "waiting" | "cancelled" | "finished";
            statuses: ("exhausted" | "cancelled" | "pending" | "delivered" | "unsent")[];
            /** @description null: all types; for `unsent`, those that the endpoint subscribes to. */
            types: string[] | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            until: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            updatedAt: string;
        };
        RecoveryDryRun: {
            /** @description null: all endpoints of the account. */
            endpoint: string | null;
            estimate: components["schemas"]["RecoveryEstimate"];
            explanation: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            since: string;
            statuses: ("exhausted" | "cancelled" | "pending" | "delivered" | "unsent")[];
            /** @description null: all types; for `unsent`, those that the endpoint subscribes to. */
            types: string[] | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            until: string;
        };
        /** @description The deliveries that matched when the recovery was requested. */
        RecoveryEstimate: {
            deliveries: number;
            /** @description false: not all events were read; there can be more. */
            isComplete: boolean;
        };
        RecoveryInput: {
            /**
             * @description Only estimates; creates nothing.
             * @default false
             */
            dryRun?: boolean;
            /**
             * @description Default: all endpoints of the account.
             * @example ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC
             */
            endpoint?: string;
            /**
             * Format: date-time
             * @description Events accepted at this time or later, within the account's retention. Default: 24 hours ago.
             * @example 2026-11-21T12:00:00.000Z
             */
            since?: string;
            /**
             * @description Which deliveries are sent again. `pending`: they are due now instead of later. `unsent`: events without a delivery to `endpoint`, such as those from before it was registered.
             * @default [
             *       "exhausted",
             *       "cancelled"
             *     ]
             */
            statuses?: ("exhausted" | "cancelled" | "pending" | "delivered" | "unsent")[];
            /**
             * @description Exact types and patterns, as of an endpoint. Default: all types; for `unsent`, those that the endpoint subscribes to.
             * @example [
             *       "open",
             *       "email.*"
             *     ]
             */
            types?: string[];
            /**
             * Format: date-time
             * @description Events accepted before this time. Default: now.
             * @example 2026-11-21T12:00:00.000Z
             */
            until?: string;
        };
        RecoveryList: {
            data: components["schemas"]["Recovery"][];
            nextCursor: string | null;
        };
        RecoveryProgress: {
            matched: number;
            /** @description They joined a backlog, or are due now. */
            resent: number;
            /**
             * Format: date-time
             * @description Events accepted before this time were read.
             * @example 2026-11-21T12:00:00.000Z
             */
            scannedUntil: string;
            /** @description Their endpoint is gone. */
            skipped: number;
        };
        ResendInput: {
            /** @description Ids of endpoints, subscribed to its type or not. Default: all endpoints that subscribe to it. */
            endpoints?: string[];
        };
        ResumeInput: {
            /**
             * @description `deliver` the backlog, `skip` it, or deliver only events accepted `since` a time. Skipped deliveries are cancelled.
             * @default deliver
             */
            backlog?: ("deliver" | "skip") | {
                /**
                 * Format: date-time
                 * @example 2026-11-21T12:00:00.000Z
                 */
                since: string;
            };
        };
        /** @description A preset's name, or custom stages. */
        RetrySchedule: string | {
            everySeconds: number;
            times: number;
        }[];
        RotateInput: {
            /**
             * @description Hours that the old secret still signs, besides the new one; use 0 after a leak.
             * @default 24
             */
            overlapHours?: number;
            /** @description A signing secret of your own, so that receivers keep the one they verify with: `whsec_` and 24 to 64 random bytes in standard base64. Default: a new one. */
            secret?: string;
        };
        SampleInput: {
            /**
             * @description An event type of `GET /v1/event-types`: its sample is sent in the endpoint's format. Default: the first type of the preset's platform that the endpoint subscribes to, or Rappel's own test event.
             * @example open
             * @enum {string}
             */
            eventType?: "sent" | "open" | "click" | "bounce" | "blocked" | "spam" | "unsub" | "delivered" | "soft_bounce" | "hard_bounce";
            /**
             * @description The platform, if both have the type. Default: the preset's.
             * @enum {string}
             */
            source?: "mailjet" | "sarbacane";
        } & (unknown & unknown);
        /** @description A flat event object, as Sarbacane sends it. */
        SarbacaneEvent: {
            /** @description `open`, `click` */
            browser?: string;
            campaignId?: string;
            /** @description `soft_bounce`, `hard_bounce` */
            category?: string;
            /**
             * @description The spaces are Sarbacane's.
             * @example 2016-08-11 T 12:25:18.889Z
             */
            date: string;
            email?: string;
            from?: string;
            /** @description `open`, `click` */
            language?: string;
            /** @description `open`, `click` */
            operatingSystem?: string;
            /** @description `soft_bounce`, `hard_bounce` */
            returnCode?: number;
            sendId?: string;
            /** @description `soft_bounce`, `hard_bounce` */
            smtpDescription?: string;
            subject?: string;
            /** @enum {string} */
            type: "delivered" | "open" | "click" | "soft_bounce" | "hard_bounce";
            /** @description `click` */
            url?: string;
            /** @description `open`, `click` */
            webmail?: string;
            whId?: string;
        } & {
            [key: string]: unknown;
        };
        Secret: {
            /** @description Rotated secrets, which still sign until then. */
            previous: {
                secret: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC, milliseconds.
                 * @example 2026-11-21T12:00:00.000Z
                 */
                until: string;
            }[];
            secret: string;
        };
        /** @description Its token is in the cookie `__Host-rappel` alone. */
        Session: {
            /** @description null: an operator key, which acts for any account. */
            account: string | null;
            /** @description The only endpoint that it is about; null: all. */
            endpoint: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC, milliseconds.
             * @example 2026-11-21T12:00:00.000Z
             */
            expiresAt: string;
            id: string;
            /** @description Where the console leads back to. */
            returnUrl: string | null;
            scopes: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
        };
        SessionInput: {
            /** @description What follows `#code=` in the link. Without it, send a key as HTTP Basic credentials. */
            code?: string;
        };
        /** @description The format `standard`: the payload in an envelope. */
        StandardEvent: {
            /** @description The payload, byte for byte. */
            data: unknown;
            id: string;
            /** Format: date-time */
            timestamp: string;
            /**
             * @description What happened.
             * @example email.opened
             */
            type: string;
        };
        Stats: {
            by: string;
            data: {
                /** Format: date-time */
                at: string;
                counts: {
                    [key: string]: number | {
                        delivered: number;
                        undelivered: number;
                    } | components["schemas"]["EndpointStats"] | components["schemas"]["AccountStats"];
                };
            }[];
            /** Format: date-time */
            from: string;
            interval: string;
            /** @description null except with `by=account`. */
            nextCursor: string | null;
            /** Format: date-time */
            to: string;
        };
        /** @description The parameters of `attempts_failed` and `all_attempts_failed`; empty for all other codes. */
        StatusReasonParams: {
            /** @description How many attempts failed. */
            attempts?: number;
        };
        TestInput: {
            /**
             * @description The encoding of the format; `xml` only for standard, mailjet, sarbacane.
             * @default json
             * @enum {string}
             */
            encoding?: "json" | "xml";
            /**
             * @description An event type of `GET /v1/event-types`: its sample is sent in the endpoint's format. Default: the first type of the preset's platform that the endpoint subscribes to, or Rappel's own test event.
             * @example open
             * @enum {string}
             */
            eventType?: "sent" | "open" | "click" | "bounce" | "blocked" | "spam" | "unsub" | "delivered" | "soft_bounce" | "hard_bounce";
            /**
             * @description `standard`: the payload in an envelope; `raw`: the payload alone; `mailjet`, `sarbacane`: flat objects as these platforms send them; `cloudevents`: CloudEvents 1.0, structured mode. Default: the preset's.
             * @enum {string}
             */
            format?: "standard" | "raw" | "mailjet" | "sarbacane" | "cloudevents";
            /**
             * @description Sent with every POST; values are masked in responses. If a change moves the url to another origin (scheme, host or port), it gives each value again or removes the header with null.
             * @example {
             *       "x-team": "billing"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description The platform whose rules are the defaults of format, success and retrySchedule.
             * @default standard
             * @enum {string}
             */
            preset?: "standard" | "mailjet" | "sarbacane";
            /**
             * @description The platform, if both have the type. Default: the preset's.
             * @enum {string}
             */
            source?: "mailjet" | "sarbacane";
            /**
             * @description Which responses are a success. Default: the preset's.
             * @enum {string}
             */
            success?: "200" | "2xx";
            /**
             * @description Timeout of one attempt, from DNS to the response headers.
             * @default 15000
             */
            timeoutMs?: number;
            /**
             * Format: uri
             * @description The URL that events are POSTed to. `user:password@` is sent as Basic credentials and masked in responses.
             * @example https://example.com/webhooks
             */
            url: string;
        } & (unknown & unknown);
        TestResult: {
            durationMs: number;
            /** @enum {string} */
            outcome: "success" | "http_status" | "loop_detected" | "timeout" | "dns_not_found" | "dns_failed" | "connect_refused" | "connect_failed" | "connection_lost" | "tls_certificate_expired" | "tls_certificate_untrusted" | "tls_hostname_mismatch" | "tls_failed" | "protocol_invalid" | "protocol_upgrade" | "address_forbidden" | "internal";
            reason: string | null;
            response: components["schemas"]["ReceiverResponse"] | null;
            /** @description For a URL that is not registered: the secret that signed this POST. */
            secret?: string;
            status: number | null;
        };
        UrlInput: {
            /**
             * Format: uri
             * @description The URL that events are POSTed to. `user:password@` is sent as Basic credentials and masked in responses.
             * @example https://example.com/webhooks
             */
            url: string;
        };
        Whoami: {
            /** @description The account it acts for. null: an operator key, without the header Rappel-Account. */
            account: string | null;
            isOperator: boolean;
            key: {
                expiresAt: string | null;
                id: string;
                name: string;
                scopes: ("send" | "manage" | "manage:endpoints" | "read" | "read:status")[];
            };
            /** @description The console's session of this request; null: a key. */
            session: components["schemas"]["HeldSession"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        description: string;
                        health: string;
                        name: string;
                        openapi: string;
                    };
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items per page, 1-100. */
                limit?: number;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OPERATOR_KEY_REQUIRED, SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAccount: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AccountInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OPERATOR_KEY_REQUIRED, SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OPERATOR_KEY_REQUIRED, SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_PROTECTED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyInput"];
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, KEY_REQUIRED, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED, KEY_LIMIT_REACHED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteKey: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPortalLink: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PortalLinkInput"];
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalLink"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, KEY_REQUIRED, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND, ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokePortalLink: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description The account's name. */
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LINK_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listActivity: {
        parameters: {
            query?: {
                /** @description Made at this time or later. */
                after?: string;
                /** @description Made before this time. */
                before?: string;
                cursor?: string;
                /** @description Only changes of this endpoint, deleted or not. */
                endpoint?: string;
                /** @description Items per page, 1-100. */
                limit?: number;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND, ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBounces: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description `csv`: RFC 4180 with a header line. A `Link` header with `rel=next` stands for `nextCursor`. */
                format?: "json" | "csv";
                /** @description `soft`: also bounces that may be temporary. Default: only those for good. */
                include?: "soft";
                /** @description Only events accepted at this time or later. Default: all that the log keeps. */
                since?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BounceList"];
                    "text/csv": string;
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Accepted at this time or later. */
                after?: string;
                /** @description Accepted before this time. */
                before?: string;
                code?: string;
                cursor?: string;
                /** @description Only deliveries to this endpoint. */
                endpoint?: string;
                /** @description Items per page, 1-100. */
                limit?: number;
                /** @description Why it was exhausted or cancelled. */
                reason?: "schedule" | "expired" | "skipped" | "deleted" | "moved" | "suspended" | "loop";
                /** @description One or several, separated by commas. */
                status?: string;
                type?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEndpoints: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description `pending`: also what is pending for each. A page then has at most 25 endpoints. */
                include?: "pending";
                /** @description Items per page, 1-100. */
                limit?: number;
                /** @description Only endpoints whose id, URL or description has this text. */
                search?: string;
                /** @description One or several, separated by commas. An operator key without `Rappel-Account` lists the endpoints of all accounts with these statuses, except `active`. */
                status?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointInput"];
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedEndpoint"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, ACCOUNT_DELETED, ENDPOINT_LIMIT_REACHED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, IDEMPOTENCY_KEY_REUSED, ADDRESS_FORBIDDEN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointPatch"];
                "application/merge-patch+json": components["schemas"]["EndpointPatch"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_MANAGED_BY_CALLBACKS, WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, ADDRESS_FORBIDDEN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acknowledgeDeliveries: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcknowledgeInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acknowledged"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEndpointDeliveries: {
        parameters: {
            query?: {
                /** @description Accepted at this time or later. */
                after?: string;
                /** @description Accepted before this time. */
                before?: string;
                code?: string;
                cursor?: string;
                /** @description Items per page, 1-100. */
                limit?: number;
                /** @description Why it was exhausted or cancelled. */
                reason?: "schedule" | "expired" | "skipped" | "deleted" | "moved" | "suspended" | "loop";
                /** @description One or several, separated by commas. */
                status?: string;
                type?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PauseInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ResumeInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSecret: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_SECRETS, WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SampleInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestResult"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, ADDRESS_FORBIDDEN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_TESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkUrl: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UrlInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckedUrl"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, ADDRESS_FORBIDDEN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testUrl: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestInput"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestResult"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, ADDRESS_FORBIDDEN */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_TESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEventTypes: {
        parameters: {
            query?: {
                source?: "mailjet" | "sarbacane";
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Accepted at this time or later. */
                after?: string;
                /** @description Accepted before this time. */
                before?: string;
                cursor?: string;
                /** @description Only events with a delivery to this endpoint; `status` is then about that delivery. */
                endpoint?: string;
                eventId?: string;
                /** @description Adds each event's payload, and ends a page before it has more than 4 MB of them. */
                include?: "payload";
                /** @description Items per page, 1-100. */
                limit?: number;
                /** @description `failed`: a delivery ended without success. `pending`: a delivery is pending. `delivered`: all deliveries succeeded. `unmatched`: no endpoint subscribed to it. */
                status?: "delivered" | "pending" | "failed" | "unmatched";
                type?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND, ENDPOINT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventInput"] | components["schemas"]["EventInput"][];
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvents"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED, REQUEST_IN_PROGRESS, EVENT_ID_IN_USE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE, TOO_MANY_EVENTS, REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_KEY_REUSED, FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventWithDeliveries"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description EVENT_NOT_FOUND, EVENT_NOT_YET_LOGGED, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPayload: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description EVENT_NOT_FOUND, EVENT_NOT_YET_LOGGED, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeliveryRequest: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                endpoint: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryRequest"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description EVENT_NOT_FOUND, EVENT_NOT_YET_LOGGED, ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resendEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ResendInput"];
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventWithDeliveries"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description EVENT_NOT_FOUND, EVENT_NOT_YET_LOGGED, ENDPOINT_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, ACCOUNT_DELETED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, IDEMPOTENCY_KEY_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAccount: {
        parameters: {
            query?: {
                /** @description The `Rappel-Next-Cursor` header of the part before. */
                cursor?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain; charset=utf-8": string;
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OPERATOR_KEY_REQUIRED, SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecoveries: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items per page, 1-100. */
                limit?: number;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryList"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createRecovery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoveryInput"];
            };
        };
        responses: {
            /** @description With `dryRun`: only the estimate */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryDryRun"];
                };
            };
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ENDPOINT_NOT_FOUND, RECOVERY_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, ACCOUNT_DELETED, RECOVERY_LIMIT_REACHED, WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID, IDEMPOTENCY_KEY_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecovery: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RECOVERY_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelRecovery: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            /** @description IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RECOVERY_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionInput"];
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, REQUEST_INVALID, IDEMPOTENCY_KEY_UNSUPPORTED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LINK_INVALID */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ORIGIN_FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendMailjetEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": ({
                    /**
                     * @description What happened.
                     * @example email.opened
                     */
                    event: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /**
                     * @description What happened.
                     * @example email.opened
                     */
                    event: string;
                } & {
                    [key: string]: unknown;
                })[];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvents"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED, REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE, TOO_MANY_EVENTS, REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_KEY_REUSED, FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendSarbacaneEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Accepts the request only once: a repeat within 24 hours gets the first response, with `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": ({
                    /**
                     * @description What happened.
                     * @example email.opened
                     */
                    type: string;
                } & {
                    [key: string]: unknown;
                }) | ({
                    /**
                     * @description What happened.
                     * @example email.opened
                     */
                    type: string;
                } & {
                    [key: string]: unknown;
                })[];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvents"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED, REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE, TOO_MANY_EVENTS, REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_KEY_REUSED, FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description QUEUE_UNAVAILABLE, STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description `type`: events by type. `outcome`: deliveries by the outcome of their first attempt, and pending ones again by their final outcome. `endpoint`: the same for each endpoint, with the response times. `account`: events and outcomes of the account; an operator key without `Rappel-Account` gets those of all accounts, in pages. `destination`: e-mails from Mailjet's and Sarbacane's events, by the recipients' domain. */
                by?: "type" | "outcome" | "endpoint" | "account" | "destination";
                /** @description With `by=account`: the `nextCursor` of the page before. */
                cursor?: string;
                /** @description Default: a day before `to`. */
                from?: string;
                interval?: "5m" | "15m" | "1h" | "6h" | "1d";
                /** @description Default: now. */
                to?: string;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SESSION_RESTRICTED, SCOPE_MISSING */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FIELDS_INVALID */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Whoami"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCallbacks: {
        parameters: {
            query?: {
                Backup?: boolean;
                /** @description Returns only the number of rows. */
                countOnly?: boolean;
                EventType?: "click" | "bounce" | "spam" | "blocked" | "unsub" | "open" | "sent" | "typofix" | "parseapi" | "newsender" | "newsenderautovalid";
                /** @description Rows, at most 1000; 0 means 1000 too. */
                Limit?: number;
                /** @description Rows to skip. */
                Offset?: number;
                /** @description `ID`, or `ID DESC`, in any case. */
                Sort?: string;
                Status?: "alive" | "dead";
                Version?: 1 | 2;
            };
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCallbackUrls"];
                };
            };
            /** @description FIELDS_INVALID, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    createCallback: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventCallbackUrlInput"];
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCallbackUrls"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, FIELDS_INVALID, ADDRESS_FORBIDDEN, CALLBACK_EXISTS, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description ACCOUNT_DELETED, ENDPOINT_LIMIT_REACHED, WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    getCallback: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description an ID, or EventType|IsBackup such as open|false. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCallbackUrls"];
                };
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description CALLBACK_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    changeCallback: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description an ID, or EventType|IsBackup such as open|false. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventCallbackUrlChange"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCallbackUrls"];
                };
            };
            /** @description JSON_INVALID, JSON_TOO_DEEP, FIELDS_INVALID, ADDRESS_FORBIDDEN, CALLBACK_EXISTS, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description CALLBACK_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description ACCOUNT_DELETED, ENDPOINT_LIMIT_REACHED, WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description REQUEST_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    deleteCallback: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description an ID, or EventType|IsBackup such as open|false. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description CALLBACK_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    testCallback: {
        parameters: {
            query?: never;
            header?: {
                "Rappel-Account"?: string;
            };
            path: {
                /** @description an ID, or EventType|IsBackup such as open|false. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCallbackUrlTests"];
                };
            };
            /** @description ADDRESS_FORBIDDEN, IDEMPOTENCY_KEY_UNSUPPORTED, ACCOUNT_REQUIRED, REQUEST_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description KEY_INVALID, SESSION_INVALID */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description SCOPE_MISSING, ORIGIN_FORBIDDEN, SESSION_RESTRICTED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description CALLBACK_NOT_FOUND, ACCOUNT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description WRITE_CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description TOO_MANY_TESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description STORE_UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
            /** @description LOOP_DETECTED */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailjetError"];
                };
            };
        };
    };
    receiveCloudevents: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    receiveMailjet: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": (components["schemas"]["MailjetEvent"] | ({
                    event: unknown;
                } & {
                    [key: string]: unknown;
                })) | (components["schemas"]["MailjetEvent"] | ({
                    event: unknown;
                } & {
                    [key: string]: unknown;
                }))[];
                "application/xml": string;
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    receiveOperational: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperationalEvent"] | components["schemas"]["OperationalEvent"][];
                "application/xml": string;
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    receiveRaw: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown | unknown[];
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    receiveSarbacane: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": (components["schemas"]["SarbacaneEvent"] | ({
                    type: unknown;
                } & {
                    [key: string]: unknown;
                })) | (components["schemas"]["SarbacaneEvent"] | ({
                    type: unknown;
                } & {
                    [key: string]: unknown;
                }))[];
                "application/xml": string;
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    receiveStandard: {
        parameters: {
            query?: never;
            header: {
                /** @description Only for groups: the events' ids. */
                "rappel-event-ids"?: string;
                /** @description How often Rappel has delivered the event, this POST included. */
                "rappel-hops": string;
                /** @description Only for tests. */
                "rappel-test"?: "true";
                /** @description The same on all attempts: ignore an id that you have processed. */
                "webhook-id": string;
                /** @description Standard Webhooks 1.0: `v1,` and base64, one or several. */
                "webhook-signature": string;
                /** @description Unix seconds of the attempt. */
                "webhook-timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StandardEvent"] | components["schemas"]["StandardEvent"][];
                "application/xml": string;
            };
        };
        responses: {
            /** @description Success; with `success` `200` only 200. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The endpoint is suspended at once. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A failure: the delivery is retried, respecting `Retry-After`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
/** The codes of the API's errors. */
export type ErrorCode =
    | "ACCOUNT_DELETED"
    | "ACCOUNT_REQUIRED"
    | "ACCOUNT_NOT_FOUND"
    | "ACCOUNT_PROTECTED"
    | "ADDRESS_FORBIDDEN"
    | "CALLBACK_EXISTS"
    | "CALLBACK_NOT_FOUND"
    | "ENDPOINT_LIMIT_REACHED"
    | "ENDPOINT_NOT_FOUND"
    | "ENDPOINT_MANAGED_BY_CALLBACKS"
    | "EVENT_NOT_FOUND"
    | "EVENT_NOT_YET_LOGGED"
    | "EVENT_ID_IN_USE"
    | "FIELDS_INVALID"
    | "IDEMPOTENCY_KEY_REUSED"
    | "IDEMPOTENCY_KEY_UNSUPPORTED"
    | "JSON_INVALID"
    | "JSON_TOO_DEEP"
    | "KEY_INVALID"
    | "KEY_LIMIT_REACHED"
    | "KEY_NOT_FOUND"
    | "KEY_REQUIRED"
    | "LINK_INVALID"
    | "LINK_NOT_FOUND"
    | "LOOP_DETECTED"
    | "UNSUPPORTED_MEDIA_TYPE"
    | "METHOD_NOT_ALLOWED"
    | "OPERATOR_KEY_REQUIRED"
    | "ORIGIN_FORBIDDEN"
    | "PAYLOAD_TOO_LARGE"
    | "QUEUE_UNAVAILABLE"
    | "RATE_LIMITED"
    | "READ_ONLY"
    | "RECOVERY_LIMIT_REACHED"
    | "RECOVERY_NOT_FOUND"
    | "REQUEST_INVALID"
    | "REQUEST_TOO_LARGE"
    | "REQUEST_IN_PROGRESS"
    | "ROUTE_NOT_FOUND"
    | "SCOPE_MISSING"
    | "SESSION_INVALID"
    | "SESSION_RESTRICTED"
    | "STORE_UNAVAILABLE"
    | "TOO_MANY_EVENTS"
    | "TOO_MANY_SECRETS"
    | "TOO_MANY_TESTS"
    | "INTERNAL_ERROR"
    | "WRITE_CONFLICT";
