import '@prognetwork/ui/entry-browser'
